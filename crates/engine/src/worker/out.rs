//! The worker's voice: frames to the parent, and word of an item that takes long.

use crate::wire::{self, Place, Reply};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An item that takes longer than this is announced again and again, so that the parent knows whom to blame.
const PATIENCE: Duration = Duration::from_millis(400);

/// What the system grants without privilege.
const PIPE_BYTES: usize = 1 << 20;

type Current = Option<(Place, u64, Clock)>;

/// What an item has taken so far.
#[derive(Clone, Copy)]
struct Clock {
    wall: Instant,
    processor: Duration,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: Instant::now(), processor: processor_time() }
    }

    /// The time by the clock, less what other programs had of it: on a busy machine an item is not at fault. One that waits
    /// without working is given no more than so many times its time.
    fn taken(&self) -> Duration {
        const BUSY: u32 = 8;
        let wall = self.wall.elapsed();
        processor_time().saturating_sub(self.processor).clamp(wall / BUSY, wall)
    }
}

fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default()
}

/// Cheap to clone; all clones speak through one pipe.
#[derive(Clone)]
pub(crate) struct Out {
    pipe: Arc<Mutex<File>>,
    current: Arc<Mutex<Current>>,
}

impl Out {
    /// Takes the pipe and leaves `/dev/null` as stdout, so that nothing that prints can garble the frames.
    pub(crate) fn take_stdout() -> io::Result<Out> {
        let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        // A roomy pipe takes the records of a unit at once, so that the next one begins before the parent has read them.
        let _ = rustix::pipe::fcntl_setpipe_size(&pipe, PIPE_BYTES);
        rustix::stdio::dup2_stdout(File::options().write(true).open("/dev/null")?)?;
        Ok(Out { pipe: Arc::new(Mutex::new(pipe)), current: Arc::default() })
    }

    /// Sends one frame.
    pub(crate) fn send(&self, reply: &Reply) -> io::Result<()> {
        wire::write(&mut *self.pipe.lock().unwrap_or_else(PoisonError::into_inner), reply)
    }

    /// Does the work of one item, known by its place.
    pub(crate) fn during<T>(&self, place: Place, length: u64, work: impl FnOnce() -> T) -> T {
        self.set(Some((place, length, Clock::start())));
        let done = work();
        self.set(None);
        done
    }

    fn set(&self, current: Current) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// Starts the thread that announces slow items, and waits until it runs: a thread that starts uses system calls that are
    /// closed soon after.
    pub(crate) fn announce(&self) {
        let out = self.clone();
        let (started, running) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let _ = started.send(());
            loop {
                std::thread::sleep(PATIENCE / 2);
                let current = *out.current.lock().unwrap_or_else(PoisonError::into_inner);
                let Some((place, length, since)) = current.filter(|(_, _, since)| since.wall.elapsed() > PATIENCE) else { continue };
                let millis = u64::try_from(since.taken().as_millis()).unwrap_or(u64::MAX);
                if out.send(&Reply::At { place, length, millis }).is_err() {
                    return;
                }
            }
        });
        let _ = running.recv();
    }
}
