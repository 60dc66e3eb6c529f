using System.Globalization;
using Kappa.Lab.Settings;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Tasks.Models;

/// <summary>The decoder-only transformer.</summary>
internal sealed class TransformerKind : NetworkKind
{
    private const int Largest = 1 << 20;
    private static readonly TransformerOptions Defaults = new() { VocabularySize = 1 };

    public override string Name => "transformer";

    public override string Summary => "A decoder-only transformer: rotary embedding, normalised queries and keys, squared-ReLU MLP, RMSNorm without parameters.";

    public override bool IsForText => true;

    public override IReadOnlyList<SettingDescription> Settings { get; } =
    [
        Integer("contextLength", 128, "tokens that the model sees at most, 1 or more"),
        Integer("width", 128, "features of a position; heads divide it evenly"),
        Integer("layers", 4, "blocks, 0 or more"),
        Integer("heads", 4, "heads of the queries, 1 or more"),
        Integer("keyHeads", 0, "heads of keys and values, which divide the heads evenly; 0 for as many as heads"),
        Integer("mlpRatio", Defaults.MlpRatio, "hidden features of the MLP over the width, 1 or more"),
        new("dropout", "number", "0", "probability of dropping an element of what a block adds, at least 0 and below 1"),
    ];

    internal override void Check(SettingsReader settings) => _ = Options(settings, 1);

    internal override int ContextLength(SettingsReader settings) => settings.Integer("contextLength", 1, Largest);

    internal override Module Create(SettingsReader settings, Shape inputShape, int outputSize, Philox generator) =>
        new Transformer(Options(settings, outputSize)).Initialize(generator);

    private TransformerOptions Options(SettingsReader settings, int vocabulary)
    {
        int keyHeads = settings.Integer("keyHeads", 0, Largest);
        var options = new TransformerOptions
        {
            VocabularySize = vocabulary,
            ContextLength = ContextLength(settings),
            Width = settings.Integer("width", 1, Largest),
            Layers = settings.Integer("layers", 0, Largest),
            Heads = settings.Integer("heads", 1, Largest),
            KeyHeads = keyHeads == 0 ? null : keyHeads,
            MlpRatio = settings.Integer("mlpRatio", 1, Largest),
            Dropout = settings.Number("dropout", 0, 1),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new ConfigException($"model: {error.Message.Split(" (Parameter", 2)[0].ReplaceLineEndings(" ")}");
        }
        return options;
    }

    private static SettingDescription Integer(string name, int value, string meaning) =>
        new(name, "integer", value.ToString(CultureInfo.InvariantCulture), meaning);
}
