namespace Kappa.Lab.Tasks.Models;

/// <summary>The multilayer perceptron.</summary>
internal sealed class PerceptronKind : NetworkKind
{
    public override string Name => "mlp";

    public override string Summary => "A multilayer perceptron, on rows of numbers or the pixels of a picture.";

    public override bool IsForText => false;

    public override SettingsType SettingsType => SettingsOf<ModelConfig>.Type;

    internal override bool TakesVectors => true;

    internal override Module Create(object settings, Shape inputShape, int outputSize, Philox generator) =>
        MlpFactory.Create(inputShape.Count, outputSize, (ModelConfig)settings, generator);
}
