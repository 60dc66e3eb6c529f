using Kappa.Lab.Settings;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Tasks.Models;

/// <summary>The multilayer perceptron.</summary>
internal sealed class PerceptronKind : NetworkKind
{
    public override string Name => "mlp";

    public override string Summary => "A multilayer perceptron on the pixels of a picture.";

    public override bool IsForText => false;

    public override IReadOnlyList<SettingDescription> Settings { get; } =
    [
        new("hidden", "array", "[256, 256]", "widths of the hidden layers; none makes a linear model"),
        new("activation", "string", "\"relu\"", "between layers", MlpFactory.Activations),
        new("bias", "boolean", "true", "whether layers have a bias"),
        new("initializer", "string", "\"default\"", "how weights are drawn", MlpFactory.Initializers),
    ];

    internal override bool TakesVectors => true;

    internal override void Check(SettingsReader settings) => _ = Config(settings);

    internal override Module Create(SettingsReader settings, Shape inputShape, int outputSize, Philox generator) =>
        MlpFactory.Create(inputShape.Count, outputSize, Config(settings), generator);

    private static ModelConfig Config(SettingsReader settings) => new()
    {
        Hidden = settings.Integers("hidden", 1, 1 << 20),
        Activation = settings.Text("activation"),
        Bias = settings.Boolean("bias"),
        Initializer = settings.Text("initializer"),
    };
}
