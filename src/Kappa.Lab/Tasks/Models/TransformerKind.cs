namespace Kappa.Lab.Tasks.Models;

/// <summary>The decoder-only transformer.</summary>
internal sealed class TransformerKind : NetworkKind
{
    public override string Name => "transformer";

    public override string Summary =>
        "A decoder-only transformer: rotary embedding, normalised queries and keys, an MLP with squared ReLU or another activation, "
        + "RMSNorm without parameters.";

    public override bool IsForText => true;

    public override SettingsType SettingsType => SettingsOf<TransformerSettings>.Type;

    internal override int ContextLength(object settings) => ((TransformerSettings)settings).ContextLength;

    internal override Module Create(object settings, Shape inputShape, int outputSize, Philox generator) =>
        new Transformer(((TransformerSettings)settings).Options(outputSize)).Initialize(generator);
}
