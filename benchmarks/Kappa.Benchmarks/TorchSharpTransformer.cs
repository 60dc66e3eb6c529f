using TorchSharp;
using TorchSharp.Modules;

namespace Kappa.Benchmarks;

/// <summary>The transformer of the benchmark in TorchSharp.</summary>
internal sealed class TorchSharpTransformer : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Embedding _embedding;
    private readonly ModuleList<TorchSharpBlock> _blocks;
    private readonly Linear _head;
    private readonly torch.Tensor _cosines;
    private readonly torch.Tensor _sines;

    internal TorchSharpTransformer(int vocabulary, int width, int layers, int heads, int positions, bool fused)
        : base(nameof(TorchSharpTransformer))
    {
        _embedding = torch.nn.Embedding(vocabulary, width);
        _blocks = torch.nn.ModuleList([.. Enumerable.Range(0, layers).Select(_ => new TorchSharpBlock(width, heads, fused))]);
        _head = torch.nn.Linear(width, vocabulary, hasBias: false);
        int half = width / heads / 2;
        using var turns = torch.outer(
            torch.arange(positions, dtype: torch.float32), torch.pow(10000.0f, -torch.arange(half, dtype: torch.float32) / half));
        (_cosines, _sines) = (turns.cos(), turns.sin());
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        var x = TorchSharpBlock.Norm(_embedding.call(input));
        foreach (var block in _blocks)
            x = block.call(x, _cosines, _sines);
        return _head.call(TorchSharpBlock.Norm(x));
    }
}
