# paudit in an image without a compiler, a cache or a root user:  docker build -t paudit .
# Data is mounted, read-only:  docker run --rm --network none -v "$PWD:/data:ro" paudit scan /data/rows.parquet
#
# A tag moves. For a build that can be repeated, pin what you have reviewed:
#   docker build --build-arg PYTHON=3.13-slim@sha256:… .
ARG PYTHON=3.13-slim

FROM python:${PYTHON} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY provenance_audit ./provenance_audit
# The virtual environment is moved as a whole, so it is made where it will lie. EXTRAS: for instance [remote] or [remote,hub].
ARG EXTRAS=""
RUN python -m venv --without-pip /opt/paudit \
 && python -m pip --python /opt/paudit/bin/python install --no-cache-dir --disable-pip-version-check ".${EXTRAS}"

FROM python:${PYTHON}
COPY --from=build /opt/paudit /opt/paudit
ENV PATH=/opt/paudit/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PAUDIT_NO_CACHE=1
WORKDIR /data
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
HEALTHCHECK NONE
ENTRYPOINT ["paudit"]
CMD ["--help"]
