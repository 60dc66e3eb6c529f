namespace Kappa.Preconditioning;

/// <summary>What a piece of a batch has shown of one layer.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Sum">The sum over them; null for an embedding, and where no factor is due. Layers that saw the same input hold one.</param>
/// <param name="Tokens">Of an embedding, how often each token was seen; otherwise null.</param>
internal sealed record LayerUses(long Rows, InputSum? Sum, double[]? Tokens);
