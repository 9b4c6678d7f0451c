# Three stages, made by the very functions that make a checkout: the packages, the
# pages (which need Node, but only here), and what runs.

FROM python:3.11-slim AS packages
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1
COPY pyproject.toml requirements.lock ./
COPY dispatch/__init__.py dispatch/__init__.py
COPY dispatch/bootstrap dispatch/bootstrap
RUN python3 -c "from dispatch.bootstrap.start import prepare; prepare(['work'])"

FROM packages AS pages
COPY requirements-pages.lock ./
COPY web/ui web/ui
RUN python3 -c "from dispatch.bootstrap.start import prepare; prepare(['serve'])"

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libexpat1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /var/lib/liuzhu liuzhu
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH DISPATCH_HOME=/var/lib/liuzhu
COPY --from=packages /app/.venv .venv
COPY pyproject.toml requirements.lock LICENSE ./
COPY routing routing
COPY dispatch dispatch
COPY web web
COPY --from=pages /app/web/dist web/dist
RUN rm -rf web/ui && python3 -m compileall -q routing dispatch web
USER liuzhu
VOLUME /var/lib/liuzhu
ENTRYPOINT ["python3", "-m", "dispatch"]
CMD ["serve"]
