using System.Text.Json.Nodes;

namespace Kappa.Lab.Studies.Compare;

/// <summary>Which task a comparison trains and deploys on.</summary>
/// <param name="Name">A name that <c>kappa tasks</c> lists.</param>
/// <param name="Settings">The settings that were given; a task may choose the others by them.</param>
public sealed record TaskConfig(string Name, JsonObject Settings);
