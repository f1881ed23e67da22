//! The embedded page, or word of how to build it. Its files are tested beside the code, with files of their own.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};

use crate::support::{Caller, app};

#[tokio::test]
async fn a_page_or_word_of_how_to_build_it_is_always_there() {
    let caller = Caller::of(app());
    for path in ["/", "/graphiql"] {
        let answer = caller.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let text = answer.text();
        assert!(
            text.contains("<html") || text.contains("make build"),
            "{path}: {text}"
        );
    }
}

#[tokio::test]
async fn the_page_is_only_read() {
    let caller = Caller::of(app());
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let request = Request::builder()
            .method(method.clone())
            .uri("/coverage")
            .header(header::HOST, "localhost")
            .body(Body::empty());
        let answer = caller.send(request.unwrap()).await;
        assert_eq!(
            (answer.status, answer.header(header::ALLOW)),
            (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"),
            "{method}"
        );
    }
    let head = Request::head("/")
        .header(header::HOST, "localhost")
        .body(Body::empty())
        .unwrap();
    let answer = caller.send(head).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
}
