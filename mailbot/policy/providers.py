"""Domains at which anybody may have a mail address: an initiative that had all of one would be everybody."""

PROVIDERS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.be", "outlook.fr", "hotmail.com", "hotmail.be",
    "hotmail.fr", "hotmail.nl", "hotmail.co.uk", "live.com", "live.be", "live.fr", "live.nl", "msn.com", "yahoo.com",
    "yahoo.fr", "yahoo.co.uk", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me",
    "protonmail.com", "pm.me", "gmx.com", "gmx.net", "gmx.fr", "gmx.de", "mail.com", "mail.be", "tutanota.com",
    "tuta.com", "zoho.com", "fastmail.com", "skynet.be", "proximus.be", "belgacom.net", "telenet.be", "pandora.be",
    "scarlet.be", "voo.be", "brutele.be", "edpnet.be", "numericable.be", "swing.be", "tiscali.be", "infonie.be",
    "dommel.be", "tvcablenet.be", "mobistar.be", "orange.be", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net",
    "sfr.fr", "bbox.fr", "numericable.fr", "posteo.net", "ziggo.nl", "kpnmail.nl", "planet.nl", "xs4all.nl",
})  # fmt: skip
