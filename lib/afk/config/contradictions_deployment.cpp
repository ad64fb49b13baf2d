#include <afk/config/contradictions.hpp>
#include <afk/config/kubernetes_rules.hpp>
#include <afk/config/read_text.hpp>
#include <afk/config/url_rules.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace afk::config {

namespace {

// The address as it is asked for one repository.
std::string expand_sample(std::string url) {
  for (const std::string_view name : {"{owner}", "{name}"}) {
    for (auto at = url.find(name); at != std::string::npos; at = url.find(name)) {
      url.replace(at, name.size(), "x");
    }
  }
  return url;
}

void check_url(Assembly& assembly, const DeploymentSettings& settings) {
  if (settings.url.empty()) {
    assembly.refuse("deployment.url", "nothing says who answers the deployed revision",
                    "write url = \"https://app.example/version\", with the service's own address");
    return;
  }
  if (const auto refusal = check_service_url(expand_sample(settings.url))) {
    assembly.refuse("deployment.url", refusal->message, refusal->hint);
  }
}

void check_rollout(Assembly& assembly, const DeploymentSettings& settings) {
  const auto require = [&](std::string_view key, const std::string& value, bool is_right, std::string_view sample) {
    if (!is_right) {
      assembly.refuse(fmt::format("deployment.{}", key),
                      value.empty() ? "nothing says which Deployment tells the revision"
                                    : fmt::format("{} is none of a cluster's names", quote_value(value)),
                      fmt::format("write {} = \"{}\", for example", key, sample));
    }
  };
  require("namespace", settings.rollout_namespace, is_namespace_name(settings.rollout_namespace), "production");
  require("name", settings.name, is_object_name(expand_sample(settings.name)), "web");
  require("annotation", settings.annotation, is_annotation_key(settings.annotation), "example.com/revision");
}

} // namespace

void check_deployment(Assembly& assembly) {
  if (!assembly.are_sound({"tracker.kind", "deployment.kind", "deployment.url", "deployment.field",
                           "deployment.environment", "deployment.namespace", "deployment.name", "deployment.annotation",
                           "deployment.kubeconfig"})) {
    return;
  }
  const DeploymentSettings& settings = assembly.config.deployment;
  if (assembly.config.tracker.kind == TrackerKind::directory && settings.kind == DeploymentKind::forge) {
    assembly.refuse("deployment.kind", "the directory tracker is no forge that could show deployments",
                    "write \"url\", \"kubernetes\", \"woodpecker\" or \"none\"");
  }
  const auto refuse_unless = [&](DeploymentKind wanted, std::string_view key, std::string_view value) {
    if (!value.empty() && settings.kind != wanted) {
      assembly.refuse(fmt::format("deployment.{}", key),
                      fmt::format("with kind = \"{}\" nobody would look at it", render_deployment_kind(settings.kind)),
                      fmt::format("write kind = \"{}\", or leave it out", render_deployment_kind(wanted)));
    }
  };
  refuse_unless(DeploymentKind::forge, "environment", settings.environment);
  refuse_unless(DeploymentKind::url, "url", settings.url);
  refuse_unless(DeploymentKind::url, "field", settings.field);
  refuse_unless(DeploymentKind::kubernetes, "namespace", settings.rollout_namespace);
  refuse_unless(DeploymentKind::kubernetes, "name", settings.name);
  refuse_unless(DeploymentKind::kubernetes, "annotation", settings.annotation);
  refuse_unless(DeploymentKind::kubernetes, "kubeconfig", settings.kubeconfig.text);
  if (settings.kind == DeploymentKind::kubernetes) {
    check_rollout(assembly, settings);
  }
  if (settings.kind == DeploymentKind::url) {
    check_url(assembly, settings);
  }
}

} // namespace afk::config
