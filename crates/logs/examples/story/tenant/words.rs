//! What the letters say.

pub fn aws(user: &str, id: &str, secret: &str) -> String {
    format!(
        "Hi Tom,\n\nhere is the access key of {user}, put it into the settings of the machine and nowhere else:\n\n[{user}]\n\
         aws_access_key_id = {id}\naws_secret_access_key = {secret}\nregion = eu-west-1\n\nThanks\nRhea"
    )
}

pub fn client_secret(what: &str, app: &str, secret: &str, key: &str) -> String {
    format!(
        "Hello Tom,\n\nthe {what} is registered in your tenant. These are its settings:\n\nApplication (client) ID: {app}\n\
         Client secret: {secret}\nSecret ID: {key}\n\nIt is valid for a year. Please confirm when it runs.\n\nTidewise Integrations"
    )
}

pub fn storage(key: &str) -> String {
    format!(
        "Tom,\n\nthe cameras write their pictures here, the museum reads them by the same string:\n\n\
         DefaultEndpointsProtocol=https;AccountName=hqtides;AccountKey={key};EndpointSuffix=core.windows.net\n\nRhea"
    )
}

pub fn github(token: &str) -> String {
    format!(
        "Hi Maja,\n\nfor the departure board you need to read our repository. Personal access token for GitHub:\n\n{token}\n\n\
         Read only, until the end of the year.\n\nTom"
    )
}

pub fn german(account: &str, password: &str) -> String {
    format!(
        "Hallo zusammen,\n\nder Zugang für Gita bei Microsoft 365, falls sie im Urlaub vertreten werden muss:\n\nBenutzer: {account}\n\
         Kennwort: {password}\n\nBitte nicht weitergeben.\n\nRhea"
    )
}

pub fn english(account: &str, password: &str) -> String {
    format!(
        "Hello,\n\nBen starts on Monday. His Microsoft 365 account:\n\nUser name: {account}\nPassword: {password}\n\n\
         Please hand it to him on paper.\n\nRhea"
    )
}

pub fn spanish(account: &str, password: &str) -> String {
    format!(
        "Hola,\n\npara la ventanilla, si no estoy, mi cuenta de Microsoft 365:\n\nUsuario: {account}\nContraseña: {password}\n\nGracias\nCarlo"
    )
}

pub fn french(password: &str) -> String {
    format!(
        "Bonjour Lucie,\n\nvoici l'accès au VPN pour le télétravail :\n\nServeur : vpn.harrowquay.example\nIdentifiant : lmarchand\n\
         Mot de passe : {password}\n\nBonne journée\nTom"
    )
}

/// Mailbox, sender, subject, text.
pub const ORDINARY: [(&str, &str, &str, &str); 36] = [
    (
        "tom",
        "Rhea Novak <rhea.novak@harrowquay.example>",
        "Patch evening on Thursday",
        "Tom, we patch the ticket machines on Thursday after the last boat. I bring pizza.\n\nRhea",
    ),
    (
        "office",
        "Astrid Holm <astrid@holmreisen.example>",
        "Gruppe am 12. September",
        "Guten Tag,\n\nwir kommen mit 34 Personen und zwei Rollstühlen. Ist die Rampe am Nordkai wieder offen?\n\nFreundliche Grüße\nAstrid Holm",
    ),
    (
        "lucie",
        "Compta <factures@chantier-du-mole.example>",
        "Facture 2026-118",
        "Bonjour,\n\nveuillez trouver le détail de la facture 2026-118 : antifouling, 2 340 euros, payable à trente jours.\n\nCordialement",
    ),
    (
        "tom",
        "Gita Rao <gita.rao@harrowquay.example>",
        "Printer at the counter",
        "The printer at the counter eats tickets again. It is the one with the yellow sticker.\n\nGita",
    ),
    (
        "office",
        "Pieter Vos <pieter@vosvracht.example>",
        "Vracht op de boot van 7 uur",
        "Goedemorgen,\n\nmorgen graag plek voor twee pallets op de boot van zeven uur.\n\nGroet\nPieter",
    ),
    (
        "lucie",
        "Ben Okafor <ben.okafor@harrowquay.example>",
        "Fuel for August",
        "Lucie, the fuel of August was 18 400 litres, 4 % less than last year. Sheets are in the shared folder.\n\nBen",
    ),
    (
        "tom",
        "Tidewise Support <support@tidewise.example>",
        "Maintenance on Sunday",
        "Dear customer,\n\nour service is read only on Sunday between two and four in the morning.\n\nTidewise",
    ),
    (
        "office",
        "Museo del Puerto <visitas@museopuerto.example>",
        "Visita de un colegio",
        "Buenos días,\n\nvendrán 52 niños el martes. ¿Podemos reservar la cubierta superior?\n\nUn saludo",
    ),
    (
        "lucie",
        "Rhea Novak <rhea.novak@harrowquay.example>",
        "Budget for next year",
        "Lucie, please put the new ticket machines into the budget of next year, two of them.\n\nRhea",
    ),
    (
        "tom",
        "Carlo Dietz <carlo.dietz@harrowquay.example>",
        "Wifi on the Gannet",
        "Tom, on the Gannet the wifi is gone as soon as the ramp is up. Passengers complain.\n\nCarlo",
    ),
    (
        "office",
        "Jonas Weber <jonas.weber@weberfoto.example>",
        "Bilder vom Sommerfest",
        "Hallo,\n\ndie Bilder vom Sommerfest sind fertig, 120 Stück. Wie viele wollt ihr für den Aushang?\n\nJonas",
    ),
    (
        "lucie",
        "Assurance Maritime <contrats@assurmer.example>",
        "Renouvellement du contrat",
        "Madame,\n\nle contrat du Halyard arrive à échéance le 31 octobre. Souhaitez-vous le reconduire ?\n\nCordialement",
    ),
    (
        "tom",
        "Maja Lind <maja@northmole.example>",
        "Departure board, first draft",
        "Hej Tom,\n\nthe first draft of the board is online. Is the font large enough for the pier?\n\nMaja",
    ),
    (
        "office",
        "Lost and found <found@harrowquay.example>",
        "Red umbrella",
        "Found on the Lantern: a red umbrella and a child's shoe, left. Both are at the counter.",
    ),
    (
        "lucie",
        "Gita Rao <gita.rao@harrowquay.example>",
        "Holiday in October",
        "Lucie, I would like to take the second week of October. Carlo can stand in.\n\nGita",
    ),
    (
        "tom",
        "Rhea Novak <rhea.novak@harrowquay.example>",
        "Old laptops",
        "Please wipe the four old laptops before the school fetches them. The list hangs on the cupboard.\n\nRhea",
    ),
    (
        "office",
        "Comune di Vela <turismo@vela.example>",
        "Orari della stagione",
        "Buongiorno,\n\npotete mandarci gli orari della stagione invernale per il nostro opuscolo?\n\nGrazie",
    ),
    (
        "lucie",
        "Banque du Port <service@banqueduport.example>",
        "Rendez-vous du 14",
        "Bonjour Madame Marchand,\n\nnous confirmons le rendez-vous du 14 à dix heures.\n\nBien à vous",
    ),
    (
        "tom",
        "Ben Okafor <ben.okafor@harrowquay.example>",
        "Radar plotter",
        "The plotter shows last year's buoys. Can you ask the maker for a new chart?\n\nBen",
    ),
    (
        "office",
        "Anna Kowalska <anna@szkolamorska.example>",
        "Praktyka dla uczniów",
        "Dzień dobry,\n\nczy w listopadzie mogą przyjść dwie osoby na praktykę?\n\nPozdrawiam\nAnna Kowalska",
    ),
    (
        "lucie",
        "Carlo Dietz <carlo.dietz@harrowquay.example>",
        "Cash of the weekend",
        "Lucie, the cash of the weekend is in the safe, 2 118 in coins. Sorry for the coins.\n\nCarlo",
    ),
    (
        "tom",
        "Tidewise Support <support@tidewise.example>",
        "Ticket 4471 solved",
        "Dear customer,\n\nthe delay of the evening times is solved. It was daylight saving on our side.\n\nTidewise",
    ),
    (
        "office",
        "Hotel Seeblick <rezeption@seeblick.example>",
        "Späte Rückfahrt",
        "Guten Abend,\n\nfährt am 3. Oktober noch ein Boot nach dem Feuerwerk? Unsere Gäste fragen täglich.\n\nHotel Seeblick",
    ),
    (
        "lucie",
        "Chantier du Môle <atelier@chantier-du-mole.example>",
        "Cale sèche en novembre",
        "Bonjour,\n\nla cale est libre du 9 au 20 novembre. Faut-il la réserver pour le Breaker ?\n\nL'atelier",
    ),
    (
        "tom",
        "Lucie Marchand <lucie.marchand@harrowquay.example>",
        "Excel is slow",
        "Tom, the sheet with the fares needs a minute to open. Is it the network or am I doing something wrong?\n\nLucie",
    ),
    (
        "office",
        "Harbour Master <hm@portauthority.example>",
        "Notice 31/2026",
        "Dredging at the south pier from the 5th to the 9th. Vessels pass at dead slow.",
    ),
    (
        "lucie",
        "Rhea Novak <rhea.novak@harrowquay.example>",
        "We had a visitor",
        "Lucie, you have heard the rumours: somebody was in our mail. Please write to nobody about it, call me.\n\nRhea",
    ),
    (
        "tom",
        "Rhea Novak <rhea.novak@harrowquay.example>",
        "List of things to change",
        "Tom, we go through all letters of the last months together, tomorrow at eight. Bring coffee.\n\nRhea",
    ),
    (
        "office",
        "Fanclub Gannet <post@gannetfans.example>",
        "Sonderfahrt",
        "Moin,\n\nwir würden die Gannet gern für einen Abend mieten. Was kostet das?\n\nDer Vorstand",
    ),
    ("lucie", "Gita Rao <gita.rao@harrowquay.example>", "Stamps", "We are out of stamps and of the blue forms.\n\nGita"),
    ("tom", "Maja Lind <maja@northmole.example>", "Board on the pier", "It stands! Photos follow as soon as the rain stops.\n\nMaja"),
    (
        "office",
        "Kita Möwennest <leitung@moewennest.example>",
        "Danke",
        "Liebes Team,\n\ndie Kinder reden von nichts anderem als vom Maschinenraum. Danke!\n\nKita Möwennest",
    ),
    (
        "lucie",
        "Compta <factures@chantier-du-mole.example>",
        "Rappel facture 2026-118",
        "Bonjour,\n\nsauf erreur de notre part, la facture 2026-118 reste ouverte.\n\nCordialement",
    ),
    (
        "tom",
        "Carlo Dietz <carlo.dietz@harrowquay.example>",
        "Winter times",
        "Tom, the winter times start on the first of November. Does the sync know?\n\nCarlo",
    ),
    (
        "office",
        "Radio Küste <redaktion@radiokueste.example>",
        "Interview zum Fahrplan",
        "Hallo,\n\nwer kann uns am Freitag zum Winterfahrplan etwas sagen, fünf Minuten, live?\n\nRadio Küste",
    ),
    (
        "lucie",
        "Assurance Maritime <contrats@assurmer.example>",
        "Contrat reconduit",
        "Madame,\n\nle contrat est reconduit jusqu'au 31 octobre 2027.\n\nCordialement",
    ),
];
