//! What the words around a cue make of it: another sort of code, a network's key, talk about secrets, a secret's life.

use super::page::{self, Page};
use aftermail_model::Status;
use aho_corasick::AhoCorasick;
use std::ops::Range;
use std::sync::LazyLock;

/// Words before a weak cue that make it something else: "promo code", "zip code".
const OTHER_CODES: &[&str] = &[
    "zip",
    "public",
    "primary",
    "foreign",
    "cache",
    "partition",
    "sort",
    "object",
    "index",
    "registry",
    "host",
    "arrow",
    "postal",
    "post",
    "area",
    "country",
    "promo",
    "promotion",
    "discount",
    "coupon",
    "voucher",
    "error",
    "exit",
    "status",
    "source",
    "bar",
    "booking",
    "order",
    "dress",
    "product",
    "color",
    "colour",
    "reference",
    "ref",
    "conference",
    "meeting",
    "tracking",
    "offer",
    "item",
    "part",
    "cost",
    "tax",
    "building",
    "language",
    "machine",
    "byte",
    "return",
    "response",
    "http",
    "state",
    "priority",
    "bank",
    "sort",
    "swift",
    "branch",
    "project",
    "account",
    "department",
    "iata",
    "hs",
    "qr",
    "conduct",
    "morse",
    "hex",
    "community-string",
    "open",
    "local",
    "developer",
    "global",
    "user",
    "business",
];

/// "Source code:" and the like: what stands before a weak cue makes it something else.
pub(super) fn is_other_before(before: &str) -> bool {
    OTHER_CODES.contains(&page::word_before(before).as_str())
}

/// "clave de reservación: …", "code for tracking: …".
pub(super) fn is_other_code(tail: &str) -> bool {
    const OTHER: &[&str] = &[
        "reserva",
        "rastreo",
        "seguimiento",
        "postal",
        "pedido",
        "booking",
        "tracking",
        "promo",
        "order",
        "shipment",
        "acceso a la reunión",
        "reunión",
        "meeting",
        "invoice",
        "factura",
        "cliente",
        "producto",
        "article",
        "client",
    ];
    let head: String = tail.chars().take(40).collect::<String>().to_lowercase();
    let qualifiers = head.split([':', '=']).next().unwrap_or("");
    OTHER.iter().any(|w| qualifiers.contains(w))
}

/// Whether the line up to the cue, or one of the few before it, names a network.
pub(super) fn speaks_of_networks(page: Page<'_>, at: &Range<usize>, line: &Range<usize>) -> bool {
    const NETWORKS: &[&str] = &[
        "wi-fi",
        "wifi",
        "wlan",
        "ssid",
        "network",
        "hotspot",
        "vpn",
        "ipsec",
        "netzwerk",
        "réseau",
        "red inalámbrica",
        "sans fil",
        "sans-fil",
    ];
    let before = page.preceding(at.start, 6);
    before.iter().chain([&(line.start..at.start)]).any(|line| {
        let text = page.body[line.clone()].to_lowercase();
        NETWORKS.iter().any(|w| text.contains(w))
    })
}

/// What a line and the two before say, once for all candidates of the line.
pub(crate) struct Around {
    /// All of them, in lower case.
    pub lines: String,
    /// The line speaks of secrets in general.
    pub talk: bool,
    /// What the line says of the secret's life.
    pub status: Status,
}

impl Around {
    pub(crate) fn new(page: Page<'_>, line: &Range<usize>) -> Around {
        let own = page.body[line.clone()].to_lowercase();
        let (talk, status) = (is_talk(&own), status_of(&own));
        let before = page.preceding(line.start, 2).into_iter().map(|l| page.body[l].to_lowercase());
        Around { lines: before.chain([own]).collect::<Vec<_>>().join("\n"), talk, status }
    }
}

/// Finds any of some words in one pass.
pub(super) fn any_of(words: &[&str]) -> AhoCorasick {
    AhoCorasick::new(words).expect("the words fit an automaton")
}

/// The same, ASCII letters in any case.
pub(super) fn any_of_any_case(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("the words fit an automaton")
}

/// What the line says of the secret's life.
fn status_of(line: &str) -> Status {
    static IS_DEAD: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(DEAD));
    static IS_SHORT: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(SHORT));
    const DEAD: &[&str] = &[
        "no longer valid",
        "revoked",
        "old password",
        "has been changed",
        "was rotated",
        "not valid any more",
        "ungültig",
        "altes passwort",
        "ancien mot de passe",
        "contraseña anterior",
        "senha antiga",
    ];
    const SHORT: &[&str] = &[
        "temporary",
        "initial",
        "one-time",
        "one time",
        "temp password",
        "until you change",
        "provisoire",
        "temporaire",
        "temporär",
        "einmal",
        "initialpasswort",
        "erstpasswort",
        "vorläufig",
        "temporal",
        "provisional",
        "provvisoria",
        "temporanea",
        "provisória",
        "tijdelijk",
        "временный",
        "tymczasowe",
        "仮パスワード",
        "初期パスワード",
        "临时",
        "初始密码",
        "임시",
    ];
    if IS_DEAD.is_match(line) {
        Status::RevokedInThread
    } else if IS_SHORT.is_match(line) {
        Status::Temporary
    } else {
        Status::Live
    }
}

/// Whether a line speaks of secrets in general.
pub(super) fn is_talk(line: &str) -> bool {
    static IS_TALK: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(TALK));
    const TALK: &[&str] = &[
        "forgot",
        "reset your",
        "change your",
        "must contain",
        "at least",
        "never share",
        "policy",
        "incorrect",
        "do not reply",
        "choose a",
        "enter your",
        "enter the",
        "strong password",
        "requirements",
        "will expire",
        "has expired",
        "click",
        "unsubscribe",
        "prohibit",
        "forbidden",
        "such as",
        "for example",
        "e.g.",
        "for instance",
        "weak password",
        "strongest",
        "dummy",
        "verboten",
        "z. b.",
        "z.b.",
        "am stärksten",
        "par exemple",
        "por ejemplo",
        "vergessen",
        "ablaufen",
        "zurücksetzen",
        "oublié",
        "expirer",
        "réinitialis",
        "olvid",
        "restablec",
        "caduc",
        "dimentic",
        "esquec",
        "redefin",
        "забыл",
        "忘れ",
        "忘记",
    ];
    let lower = line.to_lowercase();
    IS_TALK.is_match(&lower)
}
