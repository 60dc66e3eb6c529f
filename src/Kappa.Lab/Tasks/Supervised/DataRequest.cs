namespace Kappa.Lab.Tasks.Supervised;

/// <summary>What a run asks of its data.</summary>
/// <param name="ContextLength">Tokens of a window of text.</param>
/// <param name="FlatPictures">Whether pictures come as vectors.</param>
/// <param name="TokenizerFile">Where the tokenizer is, once it is made; null to make it anew always.</param>
internal sealed record DataRequest(int ContextLength, bool FlatPictures, string? TokenizerFile)
{
    /// <summary>Where the encoder of a table, or the recipe of pictures, is, once it is made; null to make it anew always.</summary>
    internal string? EncoderFile { get; init; }

    /// <summary>Where the data's settings stand in the config.</summary>
    internal string DataPath { get; init; } = "data";

    /// <summary>Where the model's settings stand in the config.</summary>
    internal string ModelPath { get; init; } = "model";

    /// <summary>Hears how much is read, on whichever thread reads; null for nobody.</summary>
    internal IProgress<DataProgress>? Progress { get; init; }

    /// <summary>Stops the reading.</summary>
    internal CancellationToken Cancellation { get; init; }
}
