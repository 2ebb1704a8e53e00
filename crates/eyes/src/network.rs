//! One neural network of ONNX, run on one thread.

use rten::{Model, RunOptions, ThreadPool};
use rten_tensor::{Layout, NdTensor, Tensor};
use std::cell::Cell;
use std::sync::Arc;

/// A network that takes a picture and gives one tensor.
pub(crate) struct Network {
    model: Model,
    threads: Arc<ThreadPool>,
    /// Pixels that went through it so far.
    pixels: Cell<u64>,
}

impl Network {
    /// `None` where the bytes are no network that can be run.
    pub(crate) fn load(onnx: Vec<u8>, threads: &Arc<ThreadPool>) -> Option<Network> {
        let model = threads.run(|| Model::load(onnx)).ok()?;
        let fits = model.input_ids().len() == 1 && !model.output_ids().is_empty();
        fits.then(|| Network { model, threads: threads.clone(), pixels: Cell::new(0) })
    }

    /// A text that the model carries about itself.
    pub(crate) fn metadata(&self, key: &str) -> Option<&str> {
        self.model.metadata().get(key)
    }

    /// Pixels that went through it so far: a measure of work that needs no clock.
    pub(crate) fn pixels(&self) -> u64 {
        self.pixels.get()
    }

    /// Runs it over pixels: three planes (blue, green, red) of values between -1 and 1. Gives the values of the tensor and how
    /// many of them are in one row.
    pub(crate) fn run(&self, planes: NdTensor<f32, 4>) -> Option<(Vec<f32>, usize)> {
        self.pixels.set(self.pixels.get() + planes.len() as u64 / 3);
        let mut options = RunOptions::default();
        options.thread_pool = Some(self.threads.clone());
        let out: Tensor<f32> = self.model.run_one(planes.into(), Some(options)).ok()?.try_into().ok()?;
        let row = *out.shape().last()?;
        Some((out.into_data(), row))
    }
}

/// Pixels as the networks want them, on a canvas whose sides may be larger than the picture; the rest of it is black.
pub(crate) fn planes(picture: &image::RgbImage, width: usize, height: usize) -> NdTensor<f32, 4> {
    let mut data = vec![-1.0; 3 * width * height];
    let plane = width * height;
    let columns = picture.width() as usize;
    for (y, row) in picture.as_raw().chunks_exact(3 * columns.max(1)).take(height).enumerate() {
        for (x, pixel) in row.chunks_exact(3).take(width).enumerate() {
            let at = y * width + x;
            for (channel, value) in pixel.iter().rev().enumerate() {
                data[channel * plane + at] = f32::from(*value) / 127.5 - 1.0;
            }
        }
    }
    NdTensor::from_data([1, 3, height, width], data)
}
