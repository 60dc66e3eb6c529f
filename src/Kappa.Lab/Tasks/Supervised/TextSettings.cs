namespace Kappa.Lab.Tasks.Supervised;

/// <summary>How a text is taken apart.</summary>
internal record TextSettings
{
    internal const string Characters = "character";

    [Setting("what a token is: a character, or a frequent sequence of bytes learnt from the training text", OneOf = [Characters, "byte-pair"])]
    public string Tokenizer { get; init; } = Characters;

    [Setting("tokens of the byte-pair tokenizer", AtLeast = 257, AtMost = 65536)]
    public int Vocabulary { get; init; } = 1024;

    [Setting("share of the documents that are for validation; of a single document, its end. Does not depend on the seed", Above = 0, Below = 1)]
    public double ValidationShare { get; init; } = 0.1;
}
