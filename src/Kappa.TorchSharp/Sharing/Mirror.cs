using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Tensors;
using TorchSharp;
using Modules = TorchSharp.Modules;

namespace Kappa.TorchSharp.Sharing;

/// <summary>A model of TorchSharp as a model of Kappa's over the same memory.</summary>
/// <remarks>
/// Layers that Kappa has, and <c>Sequential</c>s of them, can be run; every other module holds its parameters and parts under their names, and cannot. Values
/// are shared, gradients are taken over by <see cref="SharedParameter.TakeGradient"/>.
/// </remarks>
internal sealed class Mirror
{
    private readonly List<SharedParameter> _parameters = [];
    private readonly List<(string Path, torch.nn.Module Theirs, Module Ours)> _layers = [];
    private readonly List<(string Path, Tensor Ours, torch.Tensor Theirs)> _pairs = [];
    private readonly Dictionary<torch.nn.Module, Module> _known = new(ReferenceEqualityComparer.Instance);

    private Mirror(torch.nn.Module model)
    {
        Root = Translate(model, "");
        // Layers of Kappa's draw their weights when they are first asked for them: before the memory is shared.
        _ = Root.StateDict();
        foreach (var (path, ours, theirs) in _pairs)
        {
            if (ours.RequiresGradient)
            {
                _parameters.Add(new SharedParameter(path, theirs, ours));
                continue;
            }

            using var memory = SharedMemory.Of(theirs);
            ours.ShareMemoryOf(memory);
        }
    }

    internal Module Root { get; }

    /// <summary>All parameters, in the order of the model.</summary>
    internal IReadOnlyList<SharedParameter> Parameters => _parameters;

    /// <summary>The layers that Kappa has too.</summary>
    internal IReadOnlyList<(string Path, torch.nn.Module Theirs, Module Ours)> Layers => _layers;

    /// <summary>The layers whose uses Kappa shows to observers, with the weight.</summary>
    internal IEnumerable<(string Path, torch.nn.Module<torch.Tensor, torch.Tensor> Theirs, SharedParameter Weight)> Watched =>
        from layer in _layers
        let weight = layer.Ours switch
        {
            Linear linear => linear.Weight,
            Conv2d { Groups: 1 } convolution => convolution.Weight,
            Embedding table => table.Weight,
            _ => null,
        }
        where weight is not null
        select (layer.Path, (torch.nn.Module<torch.Tensor, torch.Tensor>)layer.Theirs, _parameters.First(shared => shared.Ours == weight));

    internal static Mirror Of(torch.nn.Module model) => new(model);

    /// <summary>The path of the first module that cannot be run, and what it is; null where all can.</summary>
    internal (string Path, string Kind)? FirstOpaque()
    {
        foreach (var (path, module) in Root.Modules())
        {
            if (module is OpaqueModule { Kind: var kind })
                return (path, kind);
        }

        return null;
    }

    private Module Translate(torch.nn.Module theirs, string path)
    {
        if (_known.TryGetValue(theirs, out var known))
            return known;
        if (theirs is Modules.Sequential)
        {
            var parts = theirs.named_children().Select(child => (child.name, Translate(child.module, Join(path, child.name)))).ToArray();
            return _known[theirs] = new Sequential(parts);
        }

        if (LayerTranslation.Of(theirs) is { } layer)
        {
            Pair(theirs, layer, path);
            _layers.Add((path, theirs, layer));
            return _known[theirs] = layer;
        }

        var opaque = new OpaqueModule(theirs.GetType().Name);
        _known[theirs] = opaque;
        foreach (var (name, parameter) in theirs.named_parameters(recurse: false))
            _pairs.Add((Join(path, name), Own(opaque, name, parameter), parameter));
        foreach (var (name, child) in theirs.named_children())
            opaque.Add(name, Translate(child, Join(path, name)));
        return opaque;
    }

    private static Tensor Own(OpaqueModule module, string name, torch.Tensor theirs)
    {
        using var outside = TensorScope.Suspend();
        var ours = SharedMemory.Of(theirs);
        module.Add(name, ours);
        return ours;
    }

    private void Pair(torch.nn.Module theirs, Module ours, string path)
    {
        var values = ours.StateDict();
        foreach (var (name, parameter) in theirs.named_parameters(recurse: false))
            _pairs.Add((Join(path, name), values[name], parameter));
        foreach (var (name, buffer) in theirs.named_buffers(recurse: false))
        {
            if (name is "running_mean" or "running_var")
                _pairs.Add((Join(path, name), values[name], buffer));
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
