# The plan carries a hash of what goes into the package; the zip itself is built at apply.

locals {
  script = "${path.module}/package.py"

  # abspath begins with a drive letter on Windows, where "python3" is seldom a Python.
  python = coalesce(var.python_executable, startswith(abspath(path.root), "/") ? "python3" : "python")

  # What tools leave in a folder, and where version control and Terraform keep theirs.
  excluded = "(^|/)(__pycache__|venv|[.](git|terraform|build|venv|tox|[a-z]+_cache))/|[.]py[co]$|[.]tfstate|(^|/)[.]DS_Store$"

  # By folder in the package, "" for its root.
  source_roots = merge(var.source_dir == null ? {} : { "" = var.source_dir }, var.source_roots)

  # Every file, with the folder that it comes from; null for one that is given by itself.
  files = concat(
    [for name, path in var.sources : { name = name, path = path, root = null }],
    flatten([
      for folder, root in local.source_roots : [
        for name in fileset(root, "**") : {
          name = trimprefix("${folder}/${name}", "/")
          path = "${trimsuffix(root, "/")}/${name}"
          root = root
        } if !can(regex(local.excluded, name))
      ]
    ]),
  )
  sources = { for file in local.files : file.name => file.path... }

  # fileexists raises an error for a folder.
  missing_sources = sort([for name, paths in local.sources : name if !try(fileexists(paths[0]), false)])
  empty_roots     = sort([for folder, root in local.source_roots : root if !anytrue([for file in local.files : file.root == root])])
  doubled_sources = sort([for name, paths in local.sources : name if length(paths) > 1])

  # Where Python looks for the handler's module.
  handler_module = replace(regex("^(.+)[.][^.]+$", var.handler)[0], ".", "/")
  has_handler = anytrue([
    !local.build_package,
    var.requirements_path != null, # it may be in a package
    contains(keys(local.sources), "${local.handler_module}.py"),
    contains(keys(local.sources), "${local.handler_module}/__init__.py"),
  ])

  source_hashes     = { for name, paths in local.sources : name => contains(local.missing_sources, name) ? "" : filesha256(paths[0]) }
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
      [for file in local.files : jsonencode(merge(file, { sha256 = local.source_hashes[file.name] }))],
    )
    command = jsonencode({
      output              = local.package_path
      runtime             = var.runtime
      architecture        = var.architecture
      requirements        = var.requirements_path
      requirements_sha256 = local.requirements_hash
      limit_mb            = var.package_s3_bucket == null ? 50 : 250
    })
    quiet = true
  }

  lifecycle {
    precondition {
      condition = length(local.missing_sources) == 0
      error_message = join("\n", [
        for name in local.missing_sources :
        "There is no file \"${local.sources[name][0]}\", which the package of ${var.function_name} takes as ${name}. Relative paths start at ${abspath(".")}."
      ])
    }
    precondition {
      condition = length(local.empty_roots) == 0
      error_message = join("\n", [
        for root in local.empty_roots :
        "There is no folder \"${root}\" with files for the package of ${var.function_name}. Relative paths start at ${abspath(".")}."
      ])
    }
    precondition {
      condition = length(local.doubled_sources) == 0
      error_message = join("\n", [
        for name in local.doubled_sources :
        "The package of ${var.function_name} takes ${name} from several places: ${join(", ", local.sources[name])}. Leave all but one of them out."
      ])
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
