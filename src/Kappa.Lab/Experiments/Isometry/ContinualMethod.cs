namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A way to train that is compared: a network's activation, an optimizer, and one strength that is swept beside the learning rate.</summary>
/// <param name="Name">Its name in settings, such as <c>l2-init</c>.</param>
/// <param name="Title">Its name in tables.</param>
/// <param name="Reading">What it holds of dynamical isometry, in a few words.</param>
/// <param name="Strength">What the strength is, such as <c>weight decay</c>.</param>
/// <param name="Strengths">The values to choose from; as many for every method.</param>
internal sealed record ContinualMethod(string Name, string Title, string Reading, string Strength, IReadOnlyList<double> Strengths)
{
    /// <summary>What comes after a linear layer or convolution of so many units; the next layer takes <see cref="Widening"/> times as many inputs.</summary>
    internal Func<int, bool, IReadOnlyList<Module>> Activation { get; init; } = (_, _) => [new ReLU()];

    /// <summary>Outputs of the activation for each of its inputs. The layer before it has so many units fewer, so that widths stay.</summary>
    internal int Widening { get; init; } = 1;

    /// <summary>Whether it is another method at less cost, and no remedy of its own.</summary>
    internal bool IsVariant { get; init; }

    /// <summary>How a config says it.</summary>
    internal JsonNode Written { get => field?.DeepClone() ?? JsonValue.Create(Name); init; }

    /// <summary>Makes the optimizer.</summary>
    internal required Func<MethodContext, Optimizer> Optimize { get; init; }

    /// <summary>It at one strength, by the text that says both, such as <c>adamo 0.1</c>.</summary>
    internal ContinualMethod At(double strength, string text) => this with
    {
        Name = text,
        Title = $"{Title} ({Strength} {strength.ToString("R", CultureInfo.InvariantCulture)})",
        Strengths = [strength],
    };
}
