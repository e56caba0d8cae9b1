"""Service: the rim, where mails come in, decisions are carried out and letters leave."""
