namespace Kappa.Lab.Tasks.Models;

/// <summary>ResNet-18 in its form for small pictures.</summary>
internal sealed class ResNetKind : NetworkKind
{
    public override string Name => "resnet18";

    public override string Summary => "ResNet-18 in its form for small pictures, with batch normalisation.";

    public override bool IsForText => false;

    public override SettingsType SettingsType => SettingsOf<ResNetSettings>.Type;

    internal override Module Create(object settings, Shape inputShape, int outputSize, Philox generator) =>
        new ResNet18(inputShape[0], outputSize, ((ResNetSettings)settings).Width).Initialize(generator);
}
