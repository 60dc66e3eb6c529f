using System.Text.Json.Nodes;
using Kappa.Lab.Tasks.Models;

namespace Kappa.Lab.Studies;

/// <summary>One of the optimizers that a comparison compares.</summary>
public sealed record OptimizerConfig
{
    /// <summary>The base optimizer: <c>sgd</c>, <c>signum</c>, <c>adamw</c>, <c>muon</c>, <c>adamuon</c>, <c>adamo</c> or <c>muono</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What tables and plots call it; no two of a comparison share one.</summary>
    public required string Label { get; init; }

    /// <summary>The base optimizer's settings, those left out at their defaults.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>Settings of the activation preconditioning in front of it (DoPr); null for none.</summary>
    public JsonObject? ActivationPreconditioning { get; init; }

    /// <summary>The learning rates to sweep.</summary>
    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>Steps of training.</summary>
    public required int Steps { get; init; }

    /// <summary>A model other than the comparison's: a control; null for the comparison's.</summary>
    public ModelConfig? Model { get; init; }

    /// <summary>Whether inputs are PCA-whitened by a fixed layer in front of the model: a control.</summary>
    public bool Whiten { get; init; }
}
