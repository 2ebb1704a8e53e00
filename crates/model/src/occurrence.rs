//! One place where one secret stands.

use crate::{CredentialId, FindingId, Layer, Locator, Timestamp};
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every variant, in declaration order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word used in tables, JSON and packs.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The variant of that word.
            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What sort of secret or personal element it is. The words are a contract of the JSON output.
    Kind {
        /// A password that a person or a service types.
        Password = "password",
        /// Several words or a long phrase, or the key of a file or volume.
        Passphrase = "passphrase",
        /// A short number: door, voicemail, SIM, card.
        Pin = "pin",
        /// A provider's API key.
        ApiKey = "api_key",
        /// A bearer, access, refresh or personal token.
        Token = "token",
        /// An OAuth or directory application's secret.
        ClientSecret = "client_secret",
        /// A private key block.
        PrivateKey = "private_key",
        /// A connection string or a URL with a login in it.
        ConnectionString = "connection_string",
        /// An Azure shared access signature.
        SasUrl = "sas_url",
        /// A pre-signed URL of another provider, or a link that signs in.
        SignedUrl = "signed_url",
        /// A session cookie.
        SessionCookie = "session_cookie",
        /// The seed of one-time codes.
        OtpSeed = "otp_seed",
        /// A backup or recovery code, a security answer.
        RecoveryCode = "recovery_code",
        /// A key that several share: Wi-Fi, VPN pre-shared, RADIUS, storage account.
        SharedKey = "shared_key",
        /// An SNMP community.
        CommunityString = "community_string",
        /// A file that is a credential (service account JSON, keystore).
        KeyFile = "key_file",
        /// A password hash, Kerberos ticket or challenge response that can be cracked or passed.
        KerberosOrHash = "kerberos_or_hash",
        /// A certificate together with its private key.
        CertificateWithKey = "certificate_with_key",
        /// A key that encrypts data: BitLocker, disk, backup.
        EncryptionKey = "encryption_key",
        /// The name of somebody to whom personal data are tied.
        Name = "personal:name",
        /// When somebody was born.
        DateOfBirth = "personal:date_of_birth",
        /// What somebody is paid.
        Salary = "personal:salary",
        /// Number of a passport.
        Passport = "personal:passport",
        /// Number of a driving licence.
        DriverLicence = "personal:driver_licence",
        /// A statement of somebody's health.
        Health = "personal:health",
        /// US social security number.
        Ssn = "personal:ssn",
        /// Canadian social insurance number.
        Sin = "personal:sin",
        /// UK national insurance number.
        NationalInsurance = "personal:national_insurance",
        /// Number of a patient or of a health insurance.
        HealthInsuranceNumber = "personal:health_insurance_number",
        /// Indian Aadhaar number.
        Aadhaar = "personal:aadhaar",
        /// Indian permanent account number.
        Pan = "personal:pan",
        /// Tax number of a person.
        TaxId = "personal:tax_id",
        /// Mexican population registry code.
        Curp = "personal:curp",
        /// Mexican social security number.
        Nss = "personal:nss",
        /// Spanish identity number.
        Dni = "personal:dni",
        /// Mexican bank account in the form of the clearing house.
        Clabe = "personal:clabe",
        /// Polish PESEL.
        Pesel = "personal:pesel",
        /// Dutch citizen service number.
        Bsn = "personal:bsn",
        /// International bank account number.
        Iban = "personal:iban",
        /// Bank account in the form of its country.
        BankAccount = "personal:bank_account",
        /// Number of a payment card.
        CardNumber = "personal:card_number",
    }
}

impl Kind {
    /// Whether it is an element of personal data rather than a secret. The words of these begin with `personal:`.
    pub fn is_personal(self) -> bool {
        self.as_str().starts_with("personal:")
    }
}

words! {
    /// Whether the thread itself tells that the secret still opens something.
    Status {
        /// Nothing says otherwise.
        Live = "live",
        /// The message or thread says that it was changed or revoked.
        RevokedInThread = "revoked_in_thread",
        /// Said to be temporary, initial or one-time.
        Temporary = "temporary",
    }
}

/// One place where one secret stands. It holds no value: showing one reads the evidence again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The message.
    pub at: Locator,
    /// Index of the part in the message.
    pub part: u32,
    /// `subject`, `body`, or the attachment path joined by ` > `.
    pub place: String,
    /// How visible the text was.
    pub layer: Layer,
    /// First byte of the value in the passage's text.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// Name of the rule that found it (`format:github-pat`, `assigned`, `prose`, …).
    pub rule: String,
    /// What sort of secret.
    pub kind: Kind,
    /// Redacted form, see [`crate::shape`].
    pub shape: String,
    /// The finding that it belongs to: the keyed fingerprint of the value.
    pub finding: FindingId,
    /// What it opens, as the text names it.
    pub system: Option<String>,
    /// Whom it signs in.
    pub account: Option<String>,
    /// Under which name logs know it.
    pub credential: Option<CredentialId>,
    /// Of personal data: to whom they are tied.
    pub person: Option<String>,
    /// When it ends, where the secret or the text says so.
    pub expires: Option<Timestamp>,
    /// What the text says of its life.
    pub status: Status,
    /// 0 to 1.
    pub confidence: f32,
    /// Reasons in words, strongest first.
    pub because: Vec<String>,
    /// ISO 639-1 language of the cue, where one was used.
    pub language: Option<String>,
}
