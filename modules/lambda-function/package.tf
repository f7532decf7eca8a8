# The plan carries a hash of what goes into the package; the zip itself is built at apply.

locals {
  script = "${path.module}/package.py"

  # abspath begins with a drive letter on Windows, where "python3" is seldom a Python.
  python = coalesce(var.python_executable, startswith(abspath(path.root), "/") ? "python3" : "python")

  # What tools leave in a folder, and where version control and Terraform keep theirs.
  left_out = "(^|/)(__pycache__|venv|[.](git|terraform|build|venv|tox|[a-z]+_cache))/|[.]py[co]$|[.]tfstate|(^|/)[.]DS_Store$"
  sources = var.source_dir == null ? var.sources : {
    for name in fileset(var.source_dir, "**") : name => "${trimsuffix(var.source_dir, "/")}/${name}"
    if !can(regex(local.left_out, name))
  }

  # fileexists raises an error for a folder.
  missing_sources = sort([for name, path in local.sources : name if !try(fileexists(path), false)])

  # Where Python looks for the handler's module.
  handler_module = replace(regex("^(.+)[.][^.]+$", var.handler)[0], ".", "/")
  has_handler = anytrue([
    !local.build_package,
    var.requirements_path != null, # it may be in a package
    contains(keys(local.sources), "${local.handler_module}.py"),
    contains(keys(local.sources), "${local.handler_module}/__init__.py"),
  ])

  source_hashes     = { for name, path in local.sources : name => contains(local.missing_sources, name) ? "" : filesha256(path) }
  requirements_hash = try(fileexists(var.requirements_path), false) ? filesha256(var.requirements_path) : null

  # Names inside the package, never paths: a plan made on another machine has the same hash.
  built_hash = sha256(jsonencode({
    sources        = local.source_hashes
    requirements   = local.requirements_hash
    runtime        = var.runtime
    architecture   = var.architecture
    script         = filesha256(local.script)
    redeploy_token = var.redeploy_token
  }))
  given_hash = try(fileexists(var.package_path), false) ? sha256(jsonencode([filesha256(var.package_path), var.redeploy_token])) : ""

  build_package = var.package_path == null
  package_hash  = local.build_package ? local.built_hash : local.given_hash
  package_path  = local.build_package ? "${path.root}/.build/${var.function_name}-${substr(local.built_hash, 0, 16)}.zip" : var.package_path
}

resource "terraform_data" "package" {
  count = local.build_package ? 1 : 0

  triggers_replace = local.package_path

  provisioner "local-exec" {
    # One argument per file, since a single argument is limited to 128 KiB on Linux; and
    # Terraform repeats the command, but not the interpreter, in the error of a failed build.
    interpreter = concat(
      [local.python, local.script],
      [for name, path in local.sources : jsonencode({ name = name, path = path, sha256 = local.source_hashes[name] })],
    )
    command = jsonencode({
      output              = local.package_path
      runtime             = var.runtime
      architecture        = var.architecture
      requirements        = var.requirements_path
      requirements_sha256 = local.requirements_hash
      limit_mb            = var.package_s3_bucket == null ? 50 : 250
      folder              = var.source_dir
    })
    quiet = true
  }

  lifecycle {
    precondition {
      condition = length(local.missing_sources) == 0
      error_message = join("\n", [
        for name in local.missing_sources :
        "There is no file \"${local.sources[name]}\", which the package of ${var.function_name} takes as ${name}. Relative paths start at ${abspath(".")}."
      ])
    }
    precondition {
      condition     = length(local.sources) > 0
      error_message = "There is no folder \"${coalesce(var.source_dir, "-")}\" with files for the package of ${var.function_name}. Relative paths start at ${abspath(".")}."
    }
    precondition {
      condition     = length(local.sources) == 0 || local.has_handler
      error_message = "The handler ${var.handler} of ${var.function_name} is in ${local.handler_module}.py, and the package has no such file."
    }
    precondition {
      condition     = var.requirements_path == null || local.requirements_hash != null
      error_message = "There is no requirements file \"${coalesce(var.requirements_path, "-")}\" for ${var.function_name}. Relative paths start at ${abspath(".")}."
    }
  }
}

resource "aws_s3_object" "package" {
  count = var.package_s3_bucket == null ? 0 : 1

  bucket = var.package_s3_bucket
  key    = "${var.function_name}/${local.package_hash}.zip"
  source = local.package_path
  tags   = var.tags

  lifecycle {
    # The function names the old object until it has been given the new one.
    create_before_destroy = true
  }

  # Uploads what the script has built, which nothing above refers to.
  depends_on = [terraform_data.package]
}
