//! The work that is left, shared by all partitions: a partition that is done takes what another would have read later.

use crate::units::{self, Unit};
use crate::{Cancel, EvidenceFile};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Something to do.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// Cut a large file from this offset on.
    Index { file: usize, from: u64, window: u64 },
    /// Read a unit, known by its position in the plan.
    Read { number: u64, unit: Unit },
}

struct State {
    index: VecDeque<Task>,
    read: VecDeque<(u64, Unit)>,
    /// Files being cut at this moment, of which more units may come.
    cutting: usize,
    /// Every unit known so far, by number, wanted or not.
    plan: Vec<Unit>,
    passed_over: u64,
}

/// Whether a unit is to be read, asked once per unit.
pub(crate) type Wanted = Box<dyn Fn(&Unit) -> bool + Send + Sync>;

/// What is left to do.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Notify,
    wanted: Wanted,
    cancel: Cancel,
}

impl Queue {
    /// `known` are units of large files that were cut before; files in it are not cut again.
    pub(crate) fn new(files: &[EvidenceFile], known: Vec<Unit>, wanted: Wanted, cancel: Cancel) -> Queue {
        let cut: std::collections::HashSet<usize> = known.iter().flat_map(|u| u.pieces.iter().map(|p| p.file)).collect();
        let uncut = files.iter().enumerate().filter(|(i, f)| units::large(f) && !cut.contains(i));
        let index = uncut.map(|(file, _)| Task::Index { file, from: 0, window: units::WINDOW }).collect();
        let state = State { index, read: VecDeque::new(), cutting: 0, plan: Vec::new(), passed_over: 0 };
        let queue = Queue { state: Mutex::new(state), changed: Notify::new(), wanted, cancel };
        let mut state = queue.lock();
        units::of_small_files(files).into_iter().chain(known).for_each(|unit| queue.plan(&mut state, unit));
        drop(state);
        queue
    }

    /// Exactly these units.
    pub(crate) fn of(units: Vec<Unit>, cancel: Cancel) -> Queue {
        let queue = Queue::new(&[], Vec::new(), Box::new(|_| true), cancel);
        let mut state = queue.lock();
        units.into_iter().for_each(|unit| queue.plan(&mut state, unit));
        drop(state);
        queue
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn plan(&self, state: &mut State, unit: Unit) {
        if (self.wanted)(&unit) {
            state.read.push_back((state.plan.len() as u64, unit.clone()));
        } else {
            state.passed_over += unit.bytes();
        }
        state.plan.push(unit);
    }

    /// The next thing to do; waits where it may still come out of a file being cut. `None` at the end, or when stopped.
    pub(crate) async fn take(&self, lanes: usize) -> Option<Task> {
        loop {
            let changed = self.changed.notified();
            if self.cancel.stopped() {
                return None;
            }
            {
                let mut state = self.lock();
                if state.read.len() < 2 * lanes
                    && let Some(task) = state.index.pop_front()
                {
                    state.cutting += 1;
                    return Some(task);
                }
                if let Some((number, unit)) = state.read.pop_front() {
                    return Some(Task::Read { number, unit });
                }
                if state.cutting == 0 {
                    return None;
                }
            }
            // Woken when a file was cut; now and then also to see whether the user stopped us.
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), changed).await;
        }
    }

    /// A file was cut: what came out of it, and what is left of it.
    pub(crate) fn cut(&self, found: Vec<Unit>, rest: Option<Task>) {
        let mut state = self.lock();
        state.cutting -= 1;
        found.into_iter().for_each(|unit| self.plan(&mut state, unit));
        state.index.extend(rest);
        drop(state);
        self.changed.notify_waiters();
    }

    /// The units known so far, in the order of the evidence, and whether there are no more.
    pub(crate) fn plan_so_far(&self) -> (Vec<(u64, Unit)>, bool) {
        let state = self.lock();
        let mut plan: Vec<(u64, Unit)> = state.plan.iter().cloned().enumerate().map(|(i, u)| (i as u64, u)).collect();
        plan.sort_by(|a, b| a.1.cmp(&b.1));
        (plan, state.cutting == 0 && state.index.is_empty())
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.cutting == 0 && state.index.is_empty() && state.read.is_empty()
    }

    /// Bytes of units that need not be read.
    pub(crate) fn passed_over(&self) -> u64 {
        self.lock().passed_over
    }

    /// The unit of that number.
    pub(crate) fn unit(&self, number: u64) -> Option<Unit> {
        self.lock().plan.get(usize::try_from(number).ok()?).cloned()
    }
}
