//! Runs queries: each is weighed first, and sees one snapshot.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use async_graphql::{
    Data, Executor, IntrospectionMode, Request, Response, ServerError,
    futures_util::stream::BoxStream, parser::types::OperationType,
};
use futures_util::{StreamExt as _, stream};

use crate::{
    fair::{Who, points_of},
    fence::{self, Admitted, Tables},
    graphql::{BlastmapSchema, COSTS, registry, schema},
    problem::{Code, Problem, with_codes},
    state::{Pinned, State},
};

/// The schema behind its fences.
#[derive(Clone)]
pub(crate) struct Engine {
    schema: BlastmapSchema,
    tables: Arc<Tables>,
    state: Arc<State>,
}

impl Engine {
    pub(crate) fn new(state: &Arc<State>) -> Self {
        Self {
            schema: schema(Some(Arc::clone(state))),
            tables: Arc::new(Tables::of(&registry(), COSTS)),
            state: Arc::clone(state),
        }
    }

    /// Weighs a request and pins it to the newest snapshot.
    fn admit(&self, request: &mut Request) -> Result<Admitted, ServerError> {
        let settings = &self.state.app.settings;
        if let Some(documents) = &settings.documents
            && !documents.allow(&request.query)
        {
            let message = "this server answers only the documents of its list (--allow-documents)";
            return Err(Problem::new(Code::Forbidden, message).into());
        }
        let admitted = fence::admit(request, &self.tables)?;
        if !settings.introspection {
            request.introspection_mode = IntrospectionMode::Disabled;
        }
        request
            .data
            .insert(Pinned::new(self.state.app.snapshots.latest()));
        Ok(admitted)
    }

    /// Answers a query or a mutation, and counts its work for whoever asks.
    pub(crate) async fn execute(&self, mut request: Request, who: &Who) -> Response {
        let mut response = match self.admit(&mut request) {
            Ok(admitted) if admitted.operation == OperationType::Subscription => refused(
                Problem::bad_input("subscriptions go by WebSocket (graphql-transport-ws)"),
            ),
            Ok(admitted) => {
                let rates = &self.state.rates;
                rates.charge(who, points_of(admitted.values()), Instant::now());
                let answered = self.schema.execute(request).await;
                answered.extension("cost", admitted.cost())
            }
            Err(error) => Response::from_errors(vec![error]),
        };
        with_codes(&mut response.errors);
        response
    }
}

fn refused(problem: Problem) -> Response {
    Response::from_errors(vec![problem.into()])
}

/// The subscriptions of one connection.
#[derive(Clone)]
pub(crate) struct Subscriptions {
    engine: Engine,
    /// Whose connection it is.
    who: Who,
    active: Arc<AtomicUsize>,
}

/// Counts a subscription for as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Subscriptions {
    pub(crate) fn new(engine: Engine, who: Who) -> Self {
        Self {
            engine,
            who,
            active: Arc::default(),
        }
    }

    fn open(&self, mut request: Request) -> Result<BoxStream<'static, Response>, ServerError> {
        let rates = &self.engine.state.rates;
        rates.request(&self.who, Instant::now()).map_err(|wait| {
            let seconds = wait.as_secs().saturating_add(1);
            let message = format!("too many requests of yours: wait for {seconds} seconds");
            Problem::new(Code::RateLimited, message)
        })?;
        let most = self.engine.state.app.settings.subscriptions_per_socket;
        let counted = Counted(Arc::clone(&self.active));
        if self.active.fetch_add(1, Ordering::Relaxed) >= most {
            let message =
                format!("this connection has {most} subscriptions, the most there may be");
            return Err(Problem::new(Code::RateLimited, message).into());
        }
        let admitted = self.engine.admit(&mut request)?;
        rates.charge(&self.who, points_of(admitted.values()), Instant::now());
        if admitted.operation != OperationType::Subscription {
            return Err(
                Problem::bad_input("only subscriptions go by WebSocket: POST the query").into(),
            );
        }
        let responses = self.engine.schema.execute_stream(request);
        Ok(responses
            .map(move |mut response| {
                let _as_long_as_it_lives = &counted;
                with_codes(&mut response.errors);
                response
            })
            .boxed())
    }
}

impl Executor for Subscriptions {
    async fn execute(&self, request: Request) -> Response {
        self.engine.execute(request, &self.who).await
    }

    fn execute_stream(
        &self,
        request: Request,
        _: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        self.open(request).unwrap_or_else(|error| {
            let mut response = Response::from_errors(vec![error]);
            with_codes(&mut response.errors);
            stream::iter([response]).boxed()
        })
    }
}
