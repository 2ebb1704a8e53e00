//! A connection, in clear or with TLS, that never keeps anybody waiting for long.

use aftermail_assess::probe::Trouble;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// For a connection.
const CONNECT: Duration = Duration::from_secs(4);
/// For more of an answer.
const SILENCE: Duration = Duration::from_secs(5);

pub(super) enum Wire {
    Clear(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Wire {
    pub(super) fn connect(address: SocketAddr, until: Instant) -> Result<Wire, Trouble> {
        let stream = TcpStream::connect_timeout(&address, CONNECT).map_err(|_| Trouble::Closed)?;
        Ok(Wire::Clear(Timed { stream, until }))
    }

    /// Agrees on TLS, where it is wanted and not spoken yet.
    pub(super) fn with(self, tls: bool, host: &str) -> Result<Wire, Trouble> {
        match self {
            Wire::Clear(timed) if tls => agree(timed, host),
            other => Ok(other),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Clear(stream) => stream.read(buffer),
            Wire::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Clear(stream) => stream.write(bytes),
            Wire::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Clear(stream) => stream.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket that ends every wait after [`SILENCE`], and all of them at one time. TLS reads many times before it has a word to say.
pub(super) struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now()).min(SILENCE);
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn agree(mut timed: Timed, host: &str) -> Result<Wire, Trouble> {
    let tls = |e: Error| Trouble::Tls(e.to_string());
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Trouble::Tls("TLS knows no such name of a host".to_owned()))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(tls)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut timed).map_err(trouble)?;
    }
    Ok(Wire::Tls(Box::new(StreamOwned::new(connection, timed))))
}

fn trouble(e: io::Error) -> Trouble {
    let why = match (e.get_ref().and_then(|inner| inner.downcast_ref::<Error>()), e.kind()) {
        // A greeting or a page where a handshake was due.
        (Some(Error::InvalidMessage(_)), _) => return Trouble::NotTls,
        (Some(Error::PeerIncompatible(_)), _) => "it speaks no TLS that is of 1.2 or newer and safe".to_owned(),
        (Some(Error::AlertReceived(alert)), _) => format!("it broke off ({alert:?}); it may speak only TLS older than 1.2"),
        (Some(other), _) => other.to_string(),
        (None, ErrorKind::TimedOut | ErrorKind::WouldBlock) => "it did not answer in time".to_owned(),
        (None, _) => "it closed the connection".to_owned(),
    };
    Trouble::Tls(why)
}

/// Believes every certificate: nothing is sent that must be kept from anybody, and hosts of stolen mail often have old ones.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let old = [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1_Legacy];
        self.0.signature_verification_algorithms.supported_schemes().into_iter().chain(old).collect()
    }
}
