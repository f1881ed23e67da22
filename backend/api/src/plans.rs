//! Plans that came by `POST /plans`, for an hour.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::{
    problem::{Code, Problem},
    state::short,
};

/// How long a plan is kept.
const KEPT: Duration = Duration::from_hours(1);

/// Plans, oldest first.
pub(crate) struct Plans {
    /// Bytes that all of them take together at most; the oldest go first.
    most: usize,
    plans: Mutex<VecDeque<Plan>>,
}

struct Plan {
    id: String,
    came: Instant,
    bytes: Bytes,
}

impl Plans {
    /// `largest` is the size of the largest plan that is taken.
    pub(crate) fn new(largest: usize) -> Self {
        Self {
            most: largest.saturating_mul(4),
            plans: Mutex::default(),
        }
    }

    /// Keeps a plan, and gives the id by which it can be asked for.
    pub(crate) fn keep(&self, bytes: Bytes) -> Result<String, Problem> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random)
            .map_err(|_no_entropy| Problem::new(Code::Internal, "no id could be made"))?;
        let id = hex::encode(random);
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.push_back(Plan {
            id: id.clone(),
            came: Instant::now(),
            bytes,
        });
        let mut held: usize = plans.iter().map(|plan| plan.bytes.len()).sum();
        while held > self.most || plans.front().is_some_and(|plan| plan.came.elapsed() > KEPT) {
            let Some(oldest) = plans.pop_front() else {
                break;
            };
            held -= oldest.bytes.len();
        }
        Ok(id)
    }

    /// The plan with this id.
    pub(crate) fn get(&self, id: &str) -> Result<Bytes, Problem> {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let found = plans
            .iter()
            .find(|plan| plan.id == id && plan.came.elapsed() <= KEPT);
        found.map(|plan| plan.bytes.clone()).ok_or_else(|| {
            let message = format!(
                "there is no plan `{}`: plans are kept an hour, send it to /plans again",
                short(id)
            );
            Problem::new(Code::NotFound, message)
        })
    }
}
