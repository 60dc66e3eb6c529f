using TorchSharp;
using TorchSharp.Modules;
using F = TorchSharp.torch.nn.functional;

namespace Kappa.Benchmarks;

/// <summary>A block of the transformer of the benchmark as a user of TorchSharp would write it.</summary>
internal sealed class TorchSharpBlock : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor>
{
    private readonly int _heads;
    private readonly bool _fused;
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly Linear _up;
    private readonly Linear _down;

    internal TorchSharpBlock(int width, int heads, bool fused)
        : base(nameof(TorchSharpBlock))
    {
        (_heads, _fused) = (heads, fused);
        (_query, _key, _value, _output) = (Square(), Square(), Square(), Square());
        (_up, _down) = (torch.nn.Linear(width, 4 * width, hasBias: false), torch.nn.Linear(4 * width, width, hasBias: false));
        RegisterComponents();

        Linear Square() => torch.nn.Linear(width, width, hasBias: false);
    }

    public override torch.Tensor forward(torch.Tensor input1, torch.Tensor input2, torch.Tensor input3)
    {
        var (x, cosines, sines) = (input1, input2, input3);
        long batch = x.shape[0], positions = x.shape[1], width = x.shape[2];
        var z = Norm(x);
        var (q, k) = (Norm(Rotate(Split(_query.call(z)), cosines, sines)), Norm(Rotate(Split(_key.call(z)), cosines, sines)));
        var v = Split(_value.call(z));
        torch.Tensor attended;
        if (_fused)
        {
            attended = F.scaled_dot_product_attention(q, k, v, is_casual: true);
        }
        else
        {
            var mask = torch.full([positions, positions], double.NegativeInfinity).triu(1);
            attended = ((q.matmul(k.transpose(-1, -2)) / Math.Sqrt(width / _heads)) + mask).softmax(-1).matmul(v);
        }

        x = x + _output.call(attended.transpose(1, 2).reshape(batch, positions, width));
        return x + _down.call(F.relu(_up.call(Norm(x))).square());

        torch.Tensor Split(torch.Tensor rows) => rows.view(batch, positions, _heads, width / _heads).transpose(1, 2);
    }

    internal static torch.Tensor Norm(torch.Tensor x) => x * torch.rsqrt(x.square().mean([-1], keepdim: true) + 1e-6);

    private static torch.Tensor Rotate(torch.Tensor x, torch.Tensor cosines, torch.Tensor sines)
    {
        var halves = x.chunk(2, -1);
        return torch.cat([(halves[0] * cosines) + (halves[1] * sines), (halves[1] * cosines) - (halves[0] * sines)], -1);
    }
}
