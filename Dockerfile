# The image: `zgcwatch run`, its archive in /data (SQLite) unless ZGCWATCH_STORAGE__DATABASE names another.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
# no pip in the environment itself: the image has no use for it
RUN python -m venv --without-pip /opt/zgcwatch
# what it depends on first, so that a change of the code leaves this layer standing
COPY pyproject.toml constraints.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
 && pip --python /opt/zgcwatch/bin/python install --disable-pip-version-check --root-user-action=ignore \
        --constraint constraints.txt --requirement requirements.txt
COPY . .
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/zgcwatch/bin/python install --disable-pip-version-check --root-user-action=ignore --no-deps . \
 # libraries' own tests, a tenth of the image
 && find /opt/zgcwatch/lib -type d \( -name test -o -name tests \) -prune -exec rm -rf {} +

FROM ${PYTHON_IMAGE}
ARG PYTHON_IMAGE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="zgcwatch" \
      org.opencontainers.image.description="Watches Korean business news for Zhongguancun and Chinese start-ups" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="${PYTHON_IMAGE}"
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin zgcwatch \
 && install --directory --owner zgcwatch --group zgcwatch --mode 0750 /data \
 && install --directory /etc/zgcwatch
COPY --from=build /opt/zgcwatch /opt/zgcwatch
ENV PATH=/opt/zgcwatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ZGCWATCH_STORAGE__DATABASE=sqlite:////data/zgcwatch.db \
    ZGCWATCH_WEB__HOST=0.0.0.0 \
    ZGCWATCH_WEB__PORT=8080 \
    ZGCWATCH_MONITOR__PORT=9464
# the number, not the name: Kubernetes' runAsNonRoot can check no other
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=20s --start-period=60s --start-interval=2s --retries=2 \
    CMD ["zgcwatch", "ready"]
ENTRYPOINT ["zgcwatch"]
CMD ["run"]
