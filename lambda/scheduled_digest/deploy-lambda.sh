#!/usr/bin/env bash
# Builds the image of the scheduled digest, pushes it to Amazon ECR, and deploys it to Lambda.

set -euo pipefail

usage() {
  cat <<'USAGE'
usage: deploy-lambda.sh [--skip-tests] [--release X.Y.Z] [--build-only]
       deploy-lambda.sh --deploy TAG | --rollback TAG

Test the function, build its image, push it to Amazon ECR, deploy it to Lambda,
and verify the deployment.

options:
  --skip-tests      do not run the tests
  --release X.Y.Z   also tag the image v-X.Y.Z
  --build-only      push the image, but do not deploy it
  --deploy TAG      deploy an image that has been pushed, without building one
  --rollback TAG    the same, for an earlier image
  -h, --help        print this text

environment variables:
  LAMBDA_ECR_URI    URI of the ECR repository,
                    <account>.dkr.ecr.<region>.amazonaws.com/<repository>
  LAMBDA_NAME       name of the function
  AWS_REGION        region of the repository and the function

tags:
  v-<commit>        the image of a commit
  v-<release>       the image of a release, with --release
  latest            the image that was deployed last

exit status:
  0 if the image is deployed, 1 if not, 2 for wrong arguments
USAGE
}

fail() {
  echo "deploy-lambda.sh: $1" >&2
  exit "${2:-1}"
}

step() {
  echo "── $1"
}

read_arguments() {
  run_tests=true
  deploys=true
  release=''
  given_tag=''
  while (($#)); do
    case $1 in
      --skip-tests) run_tests=false ;;
      --build-only) deploys=false ;;
      --release | --deploy | --rollback)
        (($# > 1)) || fail "$1 requires a value." 2
        if [[ $1 == --release ]]; then release=$2; else given_tag=$2; fi
        shift
        ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail "unknown argument $1, see --help." 2 ;;
    esac
    shift
  done
  if [[ $release && ! $release =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
    fail "--release must be a semantic version such as 1.4.0, but is $release." 2
  fi
  if [[ $given_tag && ($release || $deploys == false) ]]; then
    fail "--deploy and --rollback cannot be combined with --release or --build-only, since they build no image." 2
  fi
}

read_environment() {
  local name
  for name in LAMBDA_ECR_URI LAMBDA_NAME AWS_REGION; do
    [[ ${!name:-} ]] || fail "the environment variable $name is not set, see --help." 2
  done
  if [[ ! $LAMBDA_ECR_URI =~ ^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9._/-]+$ ]]; then
    fail "LAMBDA_ECR_URI must be <account>.dkr.ecr.<region>.amazonaws.com/<repository>, but is $LAMBDA_ECR_URI." 2
  fi
  registry=${LAMBDA_ECR_URI%%/*}
  repository=${LAMBDA_ECR_URI#*/}
  export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION
}

require_programs() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not installed."
  done
}

test_function() {
  step "Testing the function"
  "$root/scripts/test" "$root/tests/scheduled_digest"
}

build_and_push() {
  # A tag with the name of a commit must contain what the commit contains.
  if [[ $(git -C "$root" status --porcelain -- lambda/scheduled_digest lambda/diva_common) ]]; then
    fail "lambda/scheduled_digest or lambda/diva_common has changes that are not committed."
  fi
  tag=v-$(git -C "$root" rev-parse --short=12 HEAD)
  step "Building $LAMBDA_ECR_URI:$tag"
  # Lambda does not accept the image index that holds a provenance attestation.
  docker build --pull --platform linux/amd64 --provenance=false \
    --file "$root/lambda/scheduled_digest/Dockerfile" --tag "$LAMBDA_ECR_URI:$tag" "$root/lambda"
  step "Importing the function in the image"
  docker run --rm --platform linux/amd64 --entrypoint python "$LAMBDA_ECR_URI:$tag" \
    -c 'import scheduled_digest.lambda_function'
  step "Pushing the image"
  aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
  docker push "$LAMBDA_ECR_URI:$tag"
  if [[ $release ]]; then
    docker tag "$LAMBDA_ECR_URI:$tag" "$LAMBDA_ECR_URI:v-$release"
    docker push "$LAMBDA_ECR_URI:v-$release"
  fi
}

digest_of() {
  aws ecr batch-get-image --repository-name "$repository" --image-ids "imageTag=$1" \
    --query 'images[0].imageId.imageDigest' --output text
}

deploy() {
  local digest
  digest=$(digest_of "$tag")
  [[ $digest == sha256:* ]] || fail "the repository $repository has no image with the tag $tag."
  step "Deploying $LAMBDA_ECR_URI:$tag"
  aws lambda update-function-code --function-name "$LAMBDA_NAME" \
    --image-uri "$LAMBDA_ECR_URI:$tag" --output text --query LastUpdateStatus
  step "Verifying the deployment"
  aws lambda wait function-updated-v2 --function-name "$LAMBDA_NAME"
  verify "$digest"
  move_latest "$digest"
  echo "Deployed $LAMBDA_ECR_URI:$tag to $LAMBDA_NAME."
}

# An invocation would trigger digests, so that only Lambda's own view is checked.
verify() {
  local found state status resolved
  found=$(aws lambda get-function --function-name "$LAMBDA_NAME" --output text \
    --query '[Configuration.State, Configuration.LastUpdateStatus, Code.ResolvedImageUri]')
  read -r state status resolved <<<"$found"
  [[ $state == Active || $state == Inactive ]] || fail "$LAMBDA_NAME is $state."
  [[ $status == Successful ]] || fail "the update of $LAMBDA_NAME is $status."
  [[ ${resolved##*@} == "$1" ]] || fail "$LAMBDA_NAME runs $resolved, and not the image $1."
}

move_latest() {
  [[ $(digest_of latest) != "$1" ]] || return 0
  local manifest
  manifest=$(aws ecr batch-get-image --repository-name "$repository" --image-ids "imageDigest=$1" \
    --query 'images[0].imageManifest' --output text)
  aws ecr put-image --repository-name "$repository" --image-tag latest \
    --image-manifest "$manifest" --output text --query image.imageId.imageTag
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
read_arguments "$@"
read_environment
require_programs aws
if [[ $given_tag ]]; then
  tag=$given_tag
else
  require_programs docker git
  if [[ $run_tests == true ]]; then test_function; fi
  build_and_push
fi
if [[ $deploys == true ]]; then
  deploy
else
  echo "Pushed $LAMBDA_ECR_URI:$tag."
fi
