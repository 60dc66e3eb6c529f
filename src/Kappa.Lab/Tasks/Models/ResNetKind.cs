using Kappa.Lab.Settings;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Tasks.Models;

/// <summary>ResNet-18 in its form for small pictures.</summary>
internal sealed class ResNetKind : NetworkKind
{
    public override string Name => "resnet18";

    public override string Summary => "ResNet-18 in its form for small pictures, with batch normalisation.";

    public override bool IsForText => false;

    public override IReadOnlyList<SettingDescription> Settings { get; } =
        [new("width", "integer", "64", "channels of the first stage; each further one has twice as many")];

    internal override void Check(SettingsReader settings) => _ = settings.Integer("width", 1, 1 << 10);

    internal override Module Create(SettingsReader settings, Shape inputShape, int outputSize, Philox generator) =>
        new ResNet18(inputShape[0], outputSize, settings.Integer("width")).Initialize(generator);
}
