using System.Text.Json;
using Kappa.Lab.Settings;

namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The settings of the humanoid tasks.</summary>
internal sealed record HumanoidSettings
{
    internal static readonly IReadOnlyList<SettingDescription> Descriptions =
    [
        new("demonstrations", "integer", "20", "expert rollouts of 5 s to train on, 1 to 1000"),
        new("validationDemonstrations", "integer", "5", "further expert rollouts for the validation loss, 1 to 1000"),
        new("standardize", "boolean", "true", "whether each input is shifted and scaled to mean 0 and variance 1 over the training data"),
        new("starts", "integer", "40", "held-out starts from which the policy is let loose, 1 to 10000"),
        new("seconds", "number", "10", "how long it is let loose, in seconds, above 0 and at most 100"),
        new("controlNoise", "number", "0.05", "standard deviation of the noise on the controls in the noisy rollouts, 0 to 1; 0 leaves them out"),
        new("dataSeed", "integer", "0", "seed of demonstrations and starts, the same for every run of a comparison, 0 or more"),
    ];

    internal required int Demonstrations { get; init; }

    internal required int ValidationDemonstrations { get; init; }

    internal required bool Standardize { get; init; }

    internal required int Starts { get; init; }

    internal required double Seconds { get; init; }

    internal required double ControlNoise { get; init; }

    internal required int DataSeed { get; init; }

    internal static HumanoidSettings Read(JsonElement? settings)
    {
        var reader = new SettingsReader(settings, "task", Descriptions);
        return new HumanoidSettings
        {
            Demonstrations = reader.Integer("demonstrations", 1, 1000),
            ValidationDemonstrations = reader.Integer("validationDemonstrations", 1, 1000),
            Standardize = reader.Boolean("standardize"),
            Starts = reader.Integer("starts", 1, 10_000),
            Seconds = reader.Number("seconds", 0.1, 100),
            ControlNoise = reader.Number("controlNoise", 0, 1),
            DataSeed = reader.Integer("dataSeed", 0),
        };
    }
}
