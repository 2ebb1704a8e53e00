//! Locks the worker in: it can read the evidence named, compute, and answer. Nothing else.

use crate::SandboxStatus;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
    path_beneath_rules,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition as Cond, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Limits that hold with or without the jail: memory, no files written, no core dump, death with the parent.
pub(crate) fn limit(memory: u64) -> Result<(), String> {
    let set = |what, most| {
        rustix::process::setrlimit(what, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|e| format!("a limit could not be set: {e}"))
    };
    set(Resource::As, memory)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Core, 0)?;
    // Memory of this process holds mail: no other process of the user may look into it.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| e.to_string())?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(|e| e.to_string())?;
    Ok(())
}

/// Leaves this thread, and those that it starts from now on, nothing of the filesystem but reading below `roots`, and no
/// network. Returns what is missing, in words.
pub(crate) fn close_files(roots: &[PathBuf]) -> Result<Option<String>, String> {
    let newest = ABI::V6;
    let made = || -> Result<RulesetStatus, landlock::RulesetError> {
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(newest))?
            .handle_access(AccessNet::from_all(newest))?
            .scope(Scope::from_all(newest))?
            .create()?
            .add_rules(path_beneath_rules(roots, AccessFs::ReadFile))?;
        Ok(rules.restrict_self()?.ruleset)
    };
    match made().map_err(|e| e.to_string())? {
        RulesetStatus::FullyEnforced => Ok(None),
        RulesetStatus::PartiallyEnforced => Ok(Some("the kernel's landlock is older and enforces only part of the rules".into())),
        RulesetStatus::NotEnforced => Err("the kernel has no landlock".into()),
    }
}

/// System calls that reading, computing and answering need; everything else fails with EPERM in every thread.
pub(crate) fn close_calls() -> Result<(), String> {
    let arch = std::env::consts::ARCH.try_into().map_err(|e| format!("seccomp: {e:?}"))?;
    let filter = SeccompFilter::new(calls()?, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow, arch);
    let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(|e| format!("seccomp: {e}"))?;
    seccompiler::apply_filter_all_threads(&program).map_err(|e| format!("seccomp: {e}"))
}

fn calls() -> Result<BTreeMap<i64, Vec<SeccompRule>>, String> {
    let plain = [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_newfstatat,
        libc::SYS_statx,
        libc::SYS_lseek,
        libc::SYS_fadvise64,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_getpid,
        libc::SYS_tgkill,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = plain.into_iter().map(|c| (c, Vec::new())).collect();
    // Opening for reading only; landlock says what.
    let writes = (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_TMPFILE) as u64;
    calls.insert(libc::SYS_openat, vec![only_if(2, Op::MaskedEq(writes & !(libc::O_DIRECTORY as u64)), libc::O_RDONLY as u64)?]);
    // No memory that can be run.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        calls.insert(call, vec![only_if(2, Op::MaskedEq(libc::PROT_EXEC as u64), 0)?]);
    }
    // Asking for limits (the runtime does when a stack overflows), not setting them.
    calls.insert(libc::SYS_prlimit64, vec![only_if(2, Op::Eq, 0)?]);
    Ok(calls)
}

fn only_if(argument: u8, op: Op, value: u64) -> Result<SeccompRule, String> {
    let condition = Cond::new(argument, Len::Qword, op, value).map_err(|e| format!("seccomp: {e}"))?;
    SeccompRule::new(vec![condition]).map_err(|e| format!("seccomp: {e}"))
}

/// What the two locks make together.
pub(crate) fn status(files: Result<Option<String>, String>, calls: Result<(), String>) -> SandboxStatus {
    match (files, calls) {
        (Ok(None), Ok(())) => SandboxStatus::Full,
        (Ok(Some(missing)), Ok(())) => SandboxStatus::Partial(missing),
        (Ok(_), Err(e)) => SandboxStatus::Partial(format!("system calls are not restricted ({e})")),
        (Err(e), Ok(())) => SandboxStatus::Partial(format!("files and network are closed by system calls only ({e})")),
        (Err(a), Err(b)) => SandboxStatus::None(format!("{a}; {b}")),
    }
}
