# syntax=docker/dockerfile:1
# A small image: one binary, no shell, not root. Run it with a read-only file system and a volume for the store:
#   docker run --read-only --cap-drop ALL -v blastmap:/data -p 127.0.0.1:8080:8080 blastmap serve --listen 0.0.0.0:8080 --insecure-no-auth
# For several architectures, on a builder that has both (emulated, Rust takes hours):
#   docker buildx build --platform linux/amd64,linux/arm64 -t IMAGE --push .
# `make docker` builds it for this machine, and says how large it is compressed. The bases can be pinned by digest: --build-arg BASE=...@sha256:...

ARG NODE=node:22-bookworm-slim
ARG RUST=rust:1.95-bookworm
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

# The page is the same everywhere: it is built once, where the builder is at home.
FROM --platform=$BUILDPLATFORM ${NODE} AS web
WORKDIR /src
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN cd web && npm ci --no-audit --no-fund
COPY schema.graphql ./
COPY web web
RUN cd web && npm run build

FROM ${RUST} AS build
ARG TARGETARCH
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
COPY . .
COPY --from=web /src/web/dist web/dist
# Architectures that are built side by side must not share what is compiled.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,id=blastmap-target-${TARGETARCH},target=/src/target \
    cargo build --release --locked && strip -o /blastmap target/release/blastmap
# A volume takes its owner from what lies at its place in the image.
RUN mkdir /data

FROM ${BASE}
LABEL org.opencontainers.image.title="blastmap" \
      org.opencontainers.image.description="Shows what breaks in an AWS ECS estate when something changes" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /blastmap /usr/local/bin/blastmap
COPY --from=build --chown=65532:65532 --chmod=0700 /data /data
ENV BLASTMAP_STORE=file:///data
VOLUME /data
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/blastmap"]
# Refused as it stands: say who may come in (--auth-tokens FILE), or --insecure-no-auth where only friends reach the port.
CMD ["serve", "--listen", "0.0.0.0:8080"]
