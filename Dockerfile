# Two images from one file: docker build --target api, docker build --target worker.
# test/deploy runs what is below by hand, stage by stage, since it parses this file.
ARG NODE=node:24.21.0-bookworm-slim

# What is installed depends on these files only, so it is built anew only when they change.
FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY apps/worker/package.json apps/worker/
COPY packages/shared/package.json packages/shared/

# No package needs its install scripts: each has a prebuilt binary for every platform of the base image. The compiler is
# named as an optional peer of a package in production, which makes npm keep it.
FROM packages AS api-packages
RUN npm ci --omit=dev --workspace=apps/api \
  --ignore-scripts --no-audit --no-fund --loglevel=error \
  && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc

FROM packages AS worker-packages
RUN npm ci --omit=dev --workspace=apps/worker \
  --ignore-scripts --no-audit --no-fund --loglevel=error \
  && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc

FROM packages AS build
RUN npm ci --workspace=apps/api --workspace=apps/web --workspace=apps/worker --workspace=packages/shared \
  --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.base.json ./
COPY packages/shared packages/shared
COPY apps apps
RUN node node_modules/typescript/bin/tsc -b apps/api apps/worker
RUN node apps/web/build.mjs

FROM ${NODE} AS runtime
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libjemalloc2 \
  && rm -rf /var/lib/apt/lists/*
# By its name only, so that it is found on every platform.
ENV NODE_ENV=production \
  LD_PRELOAD=libjemalloc.so.2
WORKDIR /app
USER 1000:1000

FROM runtime AS worker
COPY --from=worker-packages /app ./
COPY --from=build /app/packages/shared/dist packages/shared/dist
COPY --from=build /app/apps/worker/dist apps/worker/dist
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.WORKER_OPS_PORT || 3002) + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/worker/dist/main.js"]

FROM runtime AS api
ENV HOST=0.0.0.0
EXPOSE 3000
COPY --from=api-packages /app ./
COPY --from=build /app/packages/shared/dist packages/shared/dist
COPY --from=build /app/apps/api/dist apps/api/dist
COPY --from=build /app/apps/web/dist apps/web/dist
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.OPS_PORT || 3001) + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]
