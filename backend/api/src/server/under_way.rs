//! An answer's body in small parts, each of which tells when it has left the memory.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::patient::Answer;

/// How large a part is, in bytes. HTTP/2 takes a whole one as soon as the other end has room for its first byte.
const PART: usize = 16 * 1024;

/// A body on its way to the other end.
pub(super) struct UnderWay {
    body: Body,
    /// What the body gave and is not handed on yet.
    left: Bytes,
    answer: Arc<Answer>,
}

impl UnderWay {
    pub(super) fn new(body: Body, answer: Answer) -> Self {
        Self {
            body,
            left: Bytes::new(),
            answer: Arc::new(answer),
        }
    }

    fn part(&mut self) -> Bytes {
        let bytes = self.left.split_to(self.left.len().min(PART));
        Bytes::from_owner(Part {
            bytes,
            answer: Arc::clone(&self.answer),
        })
    }
}

impl HttpBody for UnderWay {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.left.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.left = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                ended => return Poll::Ready(ended),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(self.part()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (left, body) = (self.left.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(left));
        }
        hint.set_lower(body.lower().saturating_add(left));
        hint
    }
}

/// A part of an answer, until it has been written.
struct Part {
    bytes: Bytes,
    answer: Arc<Answer>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.answer.taken(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;
    use crate::server::patient::Activity;

    #[tokio::test]
    async fn a_body_comes_in_small_parts_and_is_the_same() {
        let large: Vec<u8> = (0..100_000_u32).map(|each| each.to_le_bytes()[0]).collect();
        let pieces = [large.clone(), Vec::new(), large.clone()].map(Ok::<_, std::io::Error>);
        let whole = [large.clone(), large.clone()].concat();
        for (body, length, whole) in [
            (Body::empty(), Some(0), Vec::new()),
            (Body::from(large.clone()), Some(100_000), large),
            (Body::from_stream(stream::iter(pieces)), None, whole),
        ] {
            let mut body = UnderWay::new(body, Activity::new().answer());
            assert_eq!(body.size_hint().exact(), length);
            assert_eq!(body.is_end_stream(), length == Some(0));
            let mut came = Vec::new();
            while let Some(frame) =
                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
                let part = frame.unwrap().into_data().unwrap();
                assert!(part.len() <= PART);
                came.extend_from_slice(&part);
                let left = length.map(|length| length - came.len() as u64);
                assert_eq!(body.size_hint().exact(), left);
            }
            assert!(came == whole && body.is_end_stream() == length.is_some());
        }
    }
}
