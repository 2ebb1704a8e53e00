//! The secrets that stand in the mail, and the names under which logs know them.

use super::dice::Dice;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// An access key of AWS.
pub struct AwsKey {
    pub id: String,
    pub secret: String,
}

/// All of them.
pub struct Secrets {
    pub timetable: String,
    pub berths: String,
    /// The key of the machine that builds, its successor, and that of the backup.
    pub builder: AwsKey,
    pub builder_next: AwsKey,
    pub backup: AwsKey,
    pub github: String,
    pub github_next: String,
    pub storage: String,
    pub vpn: String,
    pub gita: String,
    pub ben: String,
    pub carlo: String,
}

impl Secrets {
    pub fn new(seed: u64) -> Secrets {
        let mut dice = Dice::of(seed, "secrets");
        Secrets {
            timetable: client_secret(&mut dice),
            berths: client_secret(&mut dice),
            builder: aws_key(&mut dice),
            builder_next: aws_key(&mut dice),
            backup: aws_key(&mut dice),
            github: github_token(&mut dice),
            github_next: github_token(&mut dice),
            storage: dice.letters(BASE64, 85) + dice.pick(&["A", "Q", "g", "w"]) + "==",
            vpn: password(&mut dice),
            gita: password(&mut dice),
            ben: password(&mut dice),
            carlo: password(&mut dice),
        }
    }
}

fn client_secret(dice: &mut Dice) -> String {
    format!("{}8Q~{}", dice.letters(BASE62, 3), dice.letters(BASE62, 34))
}

fn aws_key(dice: &mut Dice) -> AwsKey {
    AwsKey { id: format!("AKIA{}", dice.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)), secret: dice.letters(BASE64, 40) }
}

/// Six characters of checksum at the end, in base 62.
fn github_token(dice: &mut Dice) -> String {
    let random = dice.letters(BASE62, 30);
    let mut crc = flate2::Crc::new();
    crc.update(random.as_bytes());
    let digits: Vec<char> = BASE62.chars().collect();
    let checksum: String = (0..6).rev().map(|n| digits[(crc.sum() / 62_u32.pow(n) % 62) as usize]).collect();
    format!("ghp_{random}{checksum}")
}

fn password(dice: &mut Dice) -> String {
    let first = dice.pick(&["Tidal", "Anchor", "Lantern", "Breaker", "Gannet", "Halyard"]);
    let second = dice.pick(&["Mole", "Wharf", "Pilot", "Buoy", "Signal", "Kelp"]);
    format!("{first}-{second}{}{}", 10 + dice.below(90), dice.pick(&["!", "#", "%", "?"]))
}

/// GitHub, "Identifying audit log events performed by an access token".
pub fn hashed_token(token: &str) -> String {
    STANDARD.encode(sha2::Sha256::digest(token.as_bytes()))
}

/// A hash in capitals, as storage accounts write that of a key.
pub fn storage_hash(key: &str) -> String {
    sha2::Sha256::digest(key.as_bytes()).iter().map(|b| format!("{b:02X}")).collect()
}
