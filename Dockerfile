# syntax=docker/dockerfile:1
# A small image: one binary, no shell, not root. Run it with a read-only file system and a volume for the store:
#   docker run --read-only -v blastmap:/data -p 127.0.0.1:8080:8080 blastmap serve --listen 0.0.0.0:8080 --insecure-no-auth

FROM node:22-bookworm-slim AS web
WORKDIR /src
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN cd web && npm ci --no-audit --no-fund
COPY schema.graphql ./
COPY web web
RUN cd web && npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
COPY . .
COPY --from=web /src/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked && cp target/release/blastmap /blastmap

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /blastmap /usr/local/bin/blastmap
ENV BLASTMAP_STORE=file:///data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/blastmap"]
# Refused as it stands: say who may come in (--auth-tokens FILE), or --insecure-no-auth where only friends reach the port.
CMD ["serve", "--listen", "0.0.0.0:8080"]
