using System.Text.Json.Nodes;
using Kappa.Lab.Settings;
using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Lab.Studies;

/// <summary>An optimizer that a config may name.</summary>
/// <param name="Name">What a config calls it, such as <c>adamw</c>.</param>
/// <param name="Title">What tables and plots call it, such as <c>AdamW</c>.</param>
/// <param name="Summary">One sentence for <c>kappa optimizers</c>.</param>
/// <param name="Settings">The settings that a config may give, with defaults.</param>
/// <param name="Create">Makes it for a model, from settings with every default filled in and a learning rate; the last argument takes what the optimizer warns of.</param>
public sealed record OptimizerKind(
    string Name, string Title, string Summary, IReadOnlyList<SettingDescription> Settings, Func<Module, JsonObject, double, Action<string>?, Optimizer> Create);
