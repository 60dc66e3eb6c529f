using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tasks.Models;

/// <summary>A choice by name with its settings: the data, or the model, of a run.</summary>
/// <param name="Name">What the config calls it.</param>
/// <param name="Settings">Every setting, those left out at their defaults.</param>
public sealed record KindConfig(string Name, JsonObject Settings)
{
    internal JsonElement Element
    {
        get
        {
            using var document = JsonDocument.Parse(Settings.ToJsonString());
            return document.RootElement.Clone();
        }
    }
}
