# The plan contains a hash of the files to package. The zip is built by the apply.

locals {
  script = "${path.module}/package.py"

  # Absolute paths start with a drive letter on Windows, where Python is usually not named python3.
  python = coalesce(var.python_executable, startswith(abspath(path.root), "/") ? "python3" : "python")

  # Caches, virtual environments, version control metadata and Terraform's own files.
  excluded = "(^|/)(__pycache__|venv|[.](git|terraform|build|venv|tox|[a-z]+_cache))/|[.]py[co]$|[.]tfstate|(^|/)[.]DS_Store$"

  # Directories to package, by their path inside the package ("" is its root).
  source_roots = merge(var.source_dir == null ? {} : { "" = var.source_dir }, var.source_roots)

  # A pattern can name a directory, of which fileset returns nothing.
  exclude_patterns = flatten([for pattern in var.source_excludes : [pattern, "${trimsuffix(pattern, "/")}/**"]])
  root_files = {
    for prefix, root in local.source_roots : prefix => [
      for name in setsubtract(fileset(root, "**"), flatten([for pattern in local.exclude_patterns : tolist(try(fileset(root, pattern), toset([])))])) :
      name if !can(regex(local.excluded, name))
    ]
  }

  # Paths of all files, by their name in the package.
  sources = {
    for file in concat(
      [for name, path in var.sources : { name = name, path = path }],
      flatten([
        for prefix, names in local.root_files : [
          for name in names : {
            name = trimprefix("${prefix}/${name}", "/")
            path = "${trimsuffix(local.source_roots[prefix], "/")}/${name}"
          }
        ]
      ]),
    ) : file.name => file.path...
  }

  # fileexists fails for a directory.
  missing_sources   = sort([for name, paths in local.sources : name if !try(fileexists(paths[0]), false)])
  empty_roots       = sort([for prefix, root in local.source_roots : root if length(local.root_files[prefix]) == 0])
  duplicate_sources = sort([for name, paths in local.sources : name if length(paths) > 1])

  # Path of the handler's module inside the package, without the extension.
  handler_module = replace(try(regex("^(.+)[.][^.]*$", var.handler)[0], var.handler), ".", "/")
  # The layer of Lambda Insights contains no modules.
  has_module_layers = anytrue([for arn in var.layers : !can(regex(":layer:LambdaInsightsExtension", arn))])
  has_handler = anytrue([
    !local.create_package,
    local.has_module_layers,       # may contain the module
    var.requirements_path != null, # likewise: the apply checks it
    contains(keys(local.sources), "${local.handler_module}.py"),
    contains(keys(local.sources), "${local.handler_module}/__init__.py"),
    anytrue([for name in keys(local.sources) : startswith(name, "${local.handler_module}.") && endswith(name, ".so")]),
  ])

  source_hashes = { for name, paths in local.sources : name => contains(local.missing_sources, name) ? "" : filesha256(paths[0]) }
  # package.py computes the same hash.
  sources_hash = sha256(join("\n", [for name, hash in local.source_hashes : "${hash} ${name}"]))

  # The files for package.py, each with the beginning of its hash, which tells which one has changed.
  manifest = base64gzip(jsonencode({
    files = { for name, path in var.sources : name => [path, substr(local.source_hashes[name], 0, 16)] }
    directories = {
      for prefix, names in local.root_files : prefix => [
        local.source_roots[prefix],
        { for name in names : name => substr(local.source_hashes[trimprefix("${prefix}/${name}", "/")], 0, 16) },
      ]
    }
  }))
  # Windows limits an environment variable to 32,767 characters, and the arguments of a process to as
  # many altogether.
  manifest_part_length = 30000
  manifest_parts       = ceil(length(local.manifest) / local.manifest_part_length)

  # Only paths inside the package, so that plans made on different machines have the same hash.
  built_hash = sha256(jsonencode({
    sources        = local.sources_hash
    requirements   = local.requirements_hashes
    runtime        = var.runtime
    architecture   = var.architecture
    script         = [for name in concat(["package.py"], sort(fileset("${path.module}/packager", "*.py"))) : filesha256(name == "package.py" ? local.script : "${path.module}/packager/${name}")]
    redeploy_token = var.redeploy_token
  }))
  given_hash = try(fileexists(var.package_path), false) ? sha256(jsonencode([filesha256(var.package_path), var.redeploy_token])) : ""

  # The path, the image and the name of the bucket may be unknown at plan time. Whether something is created
  # must not.
  create_package = var.create_package != null ? var.create_package : var.package_path == null && var.image_uri == null
  package_on_s3  = var.store_package_on_s3 != null ? var.store_package_on_s3 : var.package_s3_bucket != null

  package_hash = local.create_package ? local.built_hash : local.given_hash
  package_path = local.create_package ? "${path.root}/.build/${var.function_name}-${substr(local.built_hash, 0, 16)}.zip" : var.package_path
}

resource "terraform_data" "package" {
  count = local.create_package ? 1 : 0

  triggers_replace = local.package_path

  provisioner "local-exec" {
    # The files are not in `interpreter` or `command`, whose length is limited.
    interpreter = [local.python, local.script]
    environment = {
      for part in range(local.manifest_parts) :
      "PACKAGE_MANIFEST_${part}" => substr(local.manifest, part * local.manifest_part_length, local.manifest_part_length)
    }
    command = jsonencode({
      output              = local.package_path
      runtime             = var.runtime
      architecture        = var.architecture
      sources_sha256      = local.sources_hash
      manifest_parts      = local.manifest_parts
      handler_module      = local.has_module_layers ? null : local.handler_module
      requirements        = var.requirements_path
      requirements_sha256 = local.requirements_hash
      # The limits of Lambda.
      zipped_limit_mb   = local.package_on_s3 ? null : 50
      unzipped_limit_mb = 250
      bucket_variable   = var.package_s3_bucket_variable
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
