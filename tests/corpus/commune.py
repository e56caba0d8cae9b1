"""The sample commune that every corpus case speaks of, as a catalogue in Python: reading needs no rules.yaml."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from mailbot.model.rules import Catalogue, Closure, Equipment, Names, Room, Site
from mailbot.model.spans import Days, Hours

MAILBOX = "reservations@bruyere.example"


def _names(fr: str, nl: str, en: str) -> Names:
    return {
        code: tuple(part.strip() for part in text.split(",")) for code, text in (("fr", fr), ("nl", nl), ("en", en))
    }


_SITES = {
    "maison-communale": _names("Maison communale", "Gemeentehuis", "Town hall"),
    "bibliotheque": _names("Bibliothèque communale", "Gemeentelijke bibliotheek", "Municipal library"),
    "ecole-tilleuls": _names("École des Tilleuls", "Lindeschool", "Tilleuls school"),
    "maison-quartier": _names("Maison de quartier du Parc", "Buurthuis Park", "Park community centre"),
    "garage": _names("Garage à ressources", "Materiaalgarage", "Resource garage"),
}

_ROOMS = {
    "salle-polyvalente": (
        "maison-communale",
        80,
        _names(
            "salle polyvalente, salle des fêtes, grande salle de la Maison communale",
            "polyvalente zaal, feestzaal, grote zaal van het gemeentehuis",
            "multipurpose hall, village hall, main hall",
        ),
    ),
    "salle-reunion": (
        "maison-communale",
        12,
        _names(
            "petite salle de réunion, salle de réunion, salle de réunion du 1er étage",
            "kleine vergaderzaal, vergaderzaal",
            "small meeting room, meeting room",
        ),
    ),
    "bibliotheque": (
        "bibliotheque",
        25,
        _names(
            "salle de lecture, salle de la bibliothèque, bibliothèque",
            "leeszaal, zaal van de bibliotheek, bibliotheek, bib",
            "reading room, library room, library",
        ),
    ),
    "classe-tilleuls": (
        "ecole-tilleuls",
        30,
        _names(
            "classe 3, salle de classe de l'école des Tilleuls",
            "klas 3, klaslokaal van de Lindeschool",
            "classroom 3, classroom of the Tilleuls school",
        ),
    ),
    "refectoire-tilleuls": (
        "ecole-tilleuls",
        60,
        _names(
            "réfectoire, réfectoire de l'école des Tilleuls, cantine de l'école",
            "refter, refter van de Lindeschool",
            "school canteen, refectory",
        ),
    ),
    "maison-quartier": (
        "maison-quartier",
        50,
        _names(
            "maison de quartier, maison de quartier du Parc, salle de la maison de quartier",
            "buurthuis, buurthuis Park, zaal van het buurthuis",
            "community centre, neighbourhood house",
        ),
    ),
    "cuisine-quartier": (
        "maison-quartier",
        15,
        _names(
            "cuisine de la maison de quartier, cuisine collective, cuisine de quartier",
            "keuken van het buurthuis, buurtkeuken",
            "community kitchen",
        ),
    ),
}

_EQUIPMENT = {
    "tonnelle": (
        6,
        _names(
            "tonnelle, tente pliante, chapiteau pliant",
            "partytent, vouwtent, tuinpaviljoen",
            "gazebo, pop-up tent, marquee",
        ),
    ),
    "table": (20, _names("table, table pliante", "tafel, klaptafel", "table, folding table, trestle table")),
    "chaise": (80, _names("chaise, chaise pliante", "stoel, klapstoel", "chair, folding chair")),
    "banc": (16, _names("banc, banc brasserie", "bank, zitbank, bierbank", "bench")),
    "gobelet": (
        500,
        _names(
            "gobelet, gobelet réutilisable, verre réutilisable, ecocup",
            "beker, herbruikbare beker, ecocup",
            "cup, reusable cup, ecocup",
        ),
    ),
    "assiette": (
        200,
        _names("assiette, assiette réutilisable", "bord, herbruikbaar bord", "plate, reusable plate"),
    ),
    "percolateur": (
        2,
        _names("percolateur, machine à café", "percolator, koffiezetapparaat", "coffee urn, coffee machine"),
    ),
    "rallonge": (
        8,
        _names(
            "rallonge, rallonge électrique, enrouleur",
            "verlengkabel, kabelhaspel, verlengsnoer",
            "extension lead, extension cord, cable reel",
        ),
    ),
    "sono": (
        1,
        _names(
            "sono, sonorisation, baffle portable", "geluidsinstallatie, muziekinstallatie", "PA system, sound system"
        ),
    ),
    "projecteur": (2, _names("projecteur, vidéoprojecteur, beamer", "projector, beamer", "projector, beamer")),
    "ecran": (
        1,
        _names(
            "écran, écran de projection, toile de projection", "scherm, projectiescherm", "screen, projection screen"
        ),
    ),
    "remorque-velo": (
        2,
        _names("remorque vélo, remorque à vélo, charrette vélo", "fietskar, fietsaanhanger", "bike trailer"),
    ),
    "barbecue": (1, _names("barbecue, bbq", "barbecue, bbq", "barbecue, bbq")),
    "grille-expo": (
        10,
        _names(
            "grille d'exposition, grille caddie, panneau d'exposition",
            "tentoonstellingspaneel, expopaneel, ophangrooster",
            "display panel, exhibition panel",
        ),
    ),
}


def _holidays(reason_fr: str, reason_nl: str, first: str, last: str) -> Closure:
    return Closure(Days(date.fromisoformat(first), date.fromisoformat(last)), {"fr": reason_fr, "nl": reason_nl})


_FRENCH_COMMUNITY = (
    _holidays("vacances de détente", "krokusvakantie", "2026-02-16", "2026-02-27"),
    _holidays("vacances de printemps", "paasvakantie", "2026-04-27", "2026-05-08"),
    _holidays("vacances d'été", "zomervakantie", "2026-07-04", "2026-08-23"),
    _holidays("vacances d'automne", "herfstvakantie", "2026-10-19", "2026-10-30"),
    _holidays("vacances d'hiver", "kerstvakantie", "2026-12-21", "2027-01-01"),
    _holidays("vacances de détente", "krokusvakantie", "2027-02-22", "2027-03-05"),
    _holidays("vacances de printemps", "paasvakantie", "2027-04-26", "2027-05-07"),
    _holidays("vacances d'été", "zomervakantie", "2027-07-03", "2027-08-29"),
)
_FLEMISH_COMMUNITY = (
    _holidays("vacances de carnaval", "krokusvakantie", "2026-02-16", "2026-02-22"),
    _holidays("vacances de Pâques", "paasvakantie", "2026-04-06", "2026-04-19"),
    _holidays("grandes vacances", "zomervakantie", "2026-07-01", "2026-08-31"),
    _holidays("vacances d'automne", "herfstvakantie", "2026-11-02", "2026-11-08"),
    _holidays("vacances de Noël", "kerstvakantie", "2026-12-21", "2027-01-03"),
    _holidays("vacances de carnaval", "krokusvakantie", "2027-02-08", "2027-02-14"),
    _holidays("vacances de Pâques", "paasvakantie", "2027-03-29", "2027-04-11"),
    _holidays("grandes vacances", "zomervakantie", "2027-07-01", "2027-08-31"),
)


def catalogue() -> Catalogue:
    """Return the catalogue of the sample commune, with the names of the corpus."""
    return Catalogue(
        zone=ZoneInfo("Europe/Brussels"),
        languages=("fr", "nl", "en"),
        rooms={
            id: Room(id=id, names=names, site=site, capacity=capacity, term={}, holidays={})
            for id, (site, capacity, names) in _ROOMS.items()
        },
        equipment={
            id: Equipment(id=id, names=names, stock=stock, counter="garage")
            for id, (stock, names) in _EQUIPMENT.items()
        },
        sites={id: Site(id=id, names=names, address={}) for id, names in _SITES.items()},
        day_parts={
            "morning": Hours(540, 720),
            "midday": Hours(720, 840),
            "afternoon": Hours(780, 1080),
            "evening": Hours(1080, 1320),
            "day": Hours(540, 1080),
        },
        school_holidays={"fr": _FRENCH_COMMUNITY, "nl": _FLEMISH_COMMUNITY},
        public_holidays={},
        mailboxes=(MAILBOX,),
    )
