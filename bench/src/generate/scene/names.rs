//! What a secret is said to be of: systems, products, files, people and words.

use super::super::{personal, values};
use super::Scene;
use crate::random::Random;

const PRODUCTS: &[&str] = &[
    "Jira",
    "Confluence",
    "Salesforce",
    "HubSpot",
    "Dropbox",
    "Adobe",
    "Canva",
    "GitLab",
    "Jenkins",
    "Grafana",
    "Zabbix",
    "TeamViewer",
    "AnyDesk",
    "Mailchimp",
    "Shopify",
    "Nextcloud",
    "WordPress",
    "Odoo",
    "SAP",
    "QuickBooks",
    "Zendesk",
    "Trello",
    "Asana",
    "Slack",
    "Zoom",
    "LinkedIn",
    "Instagram",
    "Facebook",
    "DHL",
    "Booking",
    "UniFi",
    "FortiGate",
    "Synology",
    "Proxmox",
    "vCenter",
    "Veeam",
    "Plesk",
    "cPanel",
    "phpMyAdmin",
    "Moodle",
    "OTRS",
    "Netflix",
    "Spotify",
    "PayPal",
    "eBay",
    "Figma",
    "Miro",
    "AutoCAD",
    "Datev",
    "Exchange",
    "Outlook",
    "Webmail",
];
pub(super) const SERVICES: &[&str] = &[
    "admin",
    "root",
    "administrator",
    "svc_backup",
    "svc_sql",
    "deploy",
    "scanner",
    "guest",
    "info",
    "sa",
    "pi",
    "support",
    "ftpuser",
    "reports",
    "service",
    "oper1",
    "kasse",
    "office",
];
const FILES: &[&str] = &["xlsx", "pdf", "zip", "docx", "7z", "pfx", "kdbx", "zip", "p12", "rar"];

impl Scene<'_> {
    pub(super) fn system(&mut self, name: &str, index: char, argument: &str, random: &mut Random) -> Option<String> {
        let value = match name {
            "for" | "forpin" | "forwifi" | "forfile" => return Some(self.named_for(name, index, random)),
            "host" => self.world.host(random),
            "ip" => self.world.ip(random),
            "url" => format!("https://{}{}", self.world.host(random), random.pick(&["", "/login", ":8443", "/admin", "/app", ""])),
            "product" => (*random.pick(PRODUCTS)).to_owned(),
            "share" => {
                format!("\\\\{}\\{}", random.pick(&["srv01", "nas", "fs2", "files"]), random.pick(&["finance", "scans", "projects", "hr$"]))
            }
            "ssid" => self.ssid(random),
            "file" => {
                let word = values::plain(&self.language.secret_word(random)).replace(' ', "_");
                let end = random.pick(FILES);
                format!("{word}_{}.{}", 2019 + random.below(8), if argument.is_empty() { end } else { argument })
            }
            "user" => {
                let value = if random.chance(60) { self.you.login(random) } else { (*random.pick(SERVICES)).to_owned() };
                self.accounts.insert(index, value.clone());
                return Some(value);
            }
            "mail" => {
                self.accounts.insert(index, self.you.mail.clone());
                return Some(self.you.mail.clone());
            }
            _ => return None,
        };
        self.systems.entry(index).or_insert_with(|| value.clone());
        Some(value)
    }

    pub(super) fn ssid(&self, random: &mut Random) -> String {
        let name = &self.world.name;
        match random.below(4) {
            0 => format!("{name}-Guest"),
            1 => format!("{}_5G", name.to_uppercase()),
            2 => format!("FRITZ!Box {}", values::digits(random, 4)),
            _ => format!("{name}-{}", random.pick(&["Staff", "IoT", "Lager", "Office", "Event"])),
        }
    }

    /// "for the printer on the second floor", and what that is called in a label.
    pub(super) fn named_for(&mut self, section: &str, index: char, random: &mut Random) -> String {
        let frames = self.language.frames(section);
        if frames.is_empty() {
            return self.slot(&format!("host{index}"), "", random);
        }
        let frame = &frames[random.below(frames.len())];
        let mut text = String::new();
        self.write(&frame.messages[0], &mut text, random);
        if let Some(name) = frame.messages.get(1) {
            let mut label = String::new();
            self.write(name, &mut label, random);
            self.systems.insert(index, label);
        }
        text
    }

    pub(super) fn personal(&mut self, name: &str, index: char, random: &mut Random) -> Option<String> {
        let (_, element) = personal::ELEMENTS.iter().find(|(slot, _)| *slot == name)?;
        if name == "pname" {
            let (first, last) =
                (random.pick::<String>(self.language.list("first")).clone(), random.pick::<String>(self.language.list("last")).clone());
            let person = format!("{first} {last}");
            self.personal.push((self.message, person.clone(), element, person.clone()));
            return Some(person);
        }
        let person = self.slot(&format!("pname{index}"), "", random);
        let value = personal::value(random, name);
        self.personal.push((self.message, person, element, value.clone()));
        Some(value)
    }

    pub(super) fn word(&mut self, name: &str, index: char, argument: &str, random: &mut Random) -> Option<String> {
        let (me, you) = if self.message.is_multiple_of(2) { (self.me, self.you) } else { (self.you, self.me) };
        Some(match name {
            "first" => you.first.clone(),
            "last" => you.last.clone(),
            "me" => me.first.clone(),
            "mylast" => me.last.clone(),
            "login" => you.login(random),
            "mymail" => me.mail.clone(),
            "name" => me.name(),
            "other" => random.pick(&self.world.people).first.clone(),
            "w" | "v" => values::plain(&self.language.secret_word(random)).replace(' ', ""),
            "word" => random.pick(self.language.list("words")).clone(),
            "sign" => (*random.pick(&["!", "#", "$", "*", "?", "+"])).to_owned(),
            "label" => self.language.label(argument, random),
            "until" => {
                let (day, month) = (1 + random.below(28), 1 + random.below(12));
                self.expires = Some(format!("2026-{month:02}-{day:02}"));
                self.said.insert(format!("day{index}"), format!("{day}.{month}."));
                if random.chance(50) { format!("{day}.{month}.2026") } else { format!("2026-{month:02}-{day:02}") }
            }
            _ => return None,
        })
    }
}
