# The plan contains a hash of what the requirements file asks for locally, which the apply builds.

locals {
  requirements_hash = try(fileexists(var.requirements_path), false) ? filesha256(var.requirements_path) : null
  requirements_dir  = try(dirname(var.requirements_path), ".")

  # The requirements file, the files that it includes, and the files that these include.
  include         = "(?m)^[ \\t]*(?:-r|-c|--requirement|--constraint)[ \\t=]*([^ \\t\\r\\n#]+)"
  included_files  = try([for found in regexall(local.include, file(var.requirements_path)) : startswith(found[0], "/") ? found[0] : "${local.requirements_dir}/${found[0]}"], [])
  included_deeper = flatten([for file in local.included_files : try([for found in regexall(local.include, file(file)) : startswith(found[0], "/") ? found[0] : "${dirname(file)}/${found[0]}"], [])])
  requirements_files = [
    for file in distinct(concat(compact([var.requirements_path]), local.included_files, local.included_deeper)) : file if try(fileexists(file), false)
  ]

  # Required paths: ../common, common @ file:///path/to/common, ./common-1.0.tar.gz. Relative paths
  # are resolved as in the directory of the requirements file.
  required_path = "(?m)^[ \\t]*(?:[A-Za-z0-9._-]+(?:\\[[^\\]]*\\])?[ \\t]*@[ \\t]*)?(?:file:(?://(?:localhost)?)?)?([^ \\t\\r\\n#;:@\\[]*/[^ \\t\\r\\n#;:@\\[]*)"
  required_paths = distinct(flatten([
    for file in local.requirements_files : try([for found in regexall(local.required_path, file(file)) : startswith(found[0], "/") ? found[0] : "${local.requirements_dir}/${found[0]}"], [])
  ]))
  required_files = [
    for path in local.required_paths : try(fileexists(path), false) ? [path] : [
      for name in try(fileset(path, "**"), []) : "${trimsuffix(path, "/")}/${name}" if !can(regex("${local.excluded}|(^|/)[^/]+[.]egg-info/", name))
    ]
  ]

  # Without the paths, which can be of the machine.
  requirements_hashes = concat(
    [for file in local.requirements_files : filesha256(file)],
    [for files in local.required_files : sha256(join(" ", [for file in files : filesha256(file)]))],
  )
}
