//! How a command ends.

use aftermail_case::CaseError;
use aftermail_engine::EngineError;
use std::process::ExitCode;

/// The exit codes, a contract of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, and everything was read.
    Done = 0,
    /// Your input: a wrong argument, a missing file.
    Input = 1,
    /// Done, but something was not read, has changed, or the work was stopped.
    Gaps = 2,
    /// The environment: disk, memory, permissions.
    Environment = 3,
    /// A fault of this program.
    Bug = 70,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a command could not do its work: what happened, and what to do.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    pub what: String,
    pub hint: Option<String>,
}

impl Failure {
    fn new(exit: Exit, what: impl Into<String>) -> Failure {
        Failure { exit, what: what.into(), hint: None }
    }

    pub fn input(what: impl Into<String>) -> Failure {
        Failure::new(Exit::Input, what)
    }

    pub fn environment(what: impl Into<String>) -> Failure {
        Failure::new(Exit::Environment, what)
    }

    pub fn bug(what: impl Into<String>) -> Failure {
        let mut failure = Failure::new(Exit::Bug, what);
        failure.hint = Some("this is a fault of aftermail: please report it, without any mail in the report".into());
        failure
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    pub fn exit(&self) -> Exit {
        self.exit
    }
}

impl From<EngineError> for Failure {
    fn from(e: EngineError) -> Failure {
        match e {
            EngineError::Input(what) => Failure::input(what),
            EngineError::Environment(what) => Failure::environment(what),
            EngineError::Bug(what) => Failure::bug(what),
        }
    }
}

impl From<CaseError> for Failure {
    fn from(e: CaseError) -> Failure {
        match e {
            CaseError::Input(what) => Failure::input(what),
            CaseError::Environment(what) => Failure::environment(what),
            CaseError::Bug(what) => Failure::bug(what),
        }
    }
}
