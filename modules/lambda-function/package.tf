# The plan contains a hash of the files to package. The zip is built by the apply.

locals {
  script = "${path.module}/package.py"

  # Absolute paths start with a drive letter on Windows, where Python is usually not named python3.
  python = coalesce(var.python_executable, startswith(abspath(path.root), "/") ? "python3" : "python")

  # Caches, virtual environments, version control metadata and Terraform's own files.
  excluded = "(^|/)(__pycache__|venv|[.](git|terraform|build|venv|tox|[a-z]+_cache))/|[.]py[co]$|[.]tfstate|(^|/)[.]DS_Store$"

  # Directories to package, by their path inside the package ("" is its root).
  source_roots = merge(var.source_dir == null ? {} : { "" = var.source_dir }, var.source_roots)

  # All files, each with the directory of `source_roots` that contains it. Null for `sources`.
  files = concat(
    [for name, path in var.sources : { name = name, path = path, root = null }],
    flatten([
      for prefix, root in local.source_roots : [
        for name in fileset(root, "**") : {
          name = trimprefix("${prefix}/${name}", "/")
          path = "${trimsuffix(root, "/")}/${name}"
          root = root
        } if !can(regex(local.excluded, name))
      ]
    ]),
  )
  sources = { for file in local.files : file.name => file.path... }

  # fileexists fails for a directory.
  missing_sources   = sort([for name, paths in local.sources : name if !try(fileexists(paths[0]), false)])
  empty_roots       = sort([for prefix, root in local.source_roots : root if !anytrue([for file in local.files : file.root == root])])
  duplicate_sources = sort([for name, paths in local.sources : name if length(paths) > 1])

  # Path of the handler's module inside the package, without the extension.
  handler_module = replace(regex("^(.+)[.][^.]+$", var.handler)[0], ".", "/")
  has_handler = anytrue([
    !local.create_package,
    var.requirements_path != null, # may contain the module
    contains(keys(local.sources), "${local.handler_module}.py"),
    contains(keys(local.sources), "${local.handler_module}/__init__.py"),
  ])

  source_hashes     = { for name, paths in local.sources : name => contains(local.missing_sources, name) ? "" : filesha256(paths[0]) }
  requirements_hash = try(fileexists(var.requirements_path), false) ? filesha256(var.requirements_path) : null

  # Only paths inside the package, so that plans made on different machines have the same hash.
  built_hash = sha256(jsonencode({
    sources        = local.source_hashes
    requirements   = local.requirements_hash
    runtime        = var.runtime
    architecture   = var.architecture
    script         = filesha256(local.script)
    redeploy_token = var.redeploy_token
  }))
  given_hash = try(fileexists(var.package_path), false) ? sha256(jsonencode([filesha256(var.package_path), var.redeploy_token])) : ""

  # The path and the name of the bucket may be unknown at plan time. Whether something is created must not.
  create_package = var.create_package != null ? var.create_package : var.package_path == null
  package_on_s3  = var.store_package_on_s3 != null ? var.store_package_on_s3 : var.package_s3_bucket != null

  package_hash = local.create_package ? local.built_hash : local.given_hash
  package_path = local.create_package ? "${path.root}/.build/${var.function_name}-${substr(local.built_hash, 0, 16)}.zip" : var.package_path
}

resource "terraform_data" "package" {
  count = local.create_package ? 1 : 0

  triggers_replace = local.package_path

  provisioner "local-exec" {
    # One argument for each file, since Linux limits a single argument to 128 KiB. In `interpreter`,
    # because Terraform repeats the command of a failed provisioner in its error message.
    interpreter = concat(
      [local.python, local.script],
      [for file in local.files : jsonencode(merge(file, { sha256 = local.source_hashes[file.name] }))],
    )
    command = jsonencode({
      output              = local.package_path
      runtime             = var.runtime
      architecture        = var.architecture
      requirements        = var.requirements_path
      requirements_sha256 = local.requirements_hash
      limit_mb            = local.package_on_s3 ? 250 : 50
    })
    quiet = true
  }

  lifecycle {
    precondition {
      condition = length(local.missing_sources) == 0
      error_message = join("\n", [
        for name in local.missing_sources :
        "The source \"${local.sources[name][0]}\" of ${var.function_name} (${name} in the package) does not exist. Relative paths are resolved against ${abspath(".")}."
      ])
    }
    precondition {
      condition = length(local.empty_roots) == 0
      error_message = join("\n", [
        for root in local.empty_roots :
        "The source directory \"${root}\" of ${var.function_name} does not exist or contains no files to package. Relative paths are resolved against ${abspath(".")}."
      ])
    }
    precondition {
      condition = length(local.duplicate_sources) == 0
      error_message = join("\n", [
        for name in local.duplicate_sources :
        "Each file in the package of ${var.function_name} must come from one source, but ${name} comes from ${join(" and ", local.sources[name])}."
      ])
    }
    precondition {
      condition     = length(local.sources) == 0 || local.has_handler
      error_message = "The module of handler \"${var.handler}\" of ${var.function_name} must be in the package, but the package does not contain ${local.handler_module}.py."
    }
    precondition {
      condition     = var.requirements_path == null || local.requirements_hash != null
      error_message = "The requirements file \"${coalesce(var.requirements_path, "-")}\" of ${var.function_name} does not exist. Relative paths are resolved against ${abspath(".")}."
    }
  }
}

resource "aws_s3_object" "package" {
  count = local.package_on_s3 ? 1 : 0

  bucket = var.package_s3_bucket
  key    = "${var.function_name}/${local.package_hash}.zip"
  source = local.package_path
  tags   = var.tags

  lifecycle {
    # The function refers to the old object until it is updated.
    create_before_destroy = true
  }

  # `source` is a path, which does not make Terraform wait for the zip to be built.
  depends_on = [terraform_data.package]
}
