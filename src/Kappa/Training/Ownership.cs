using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Which process changes which parameter: whole layers, and what belongs together, so that the work of a step is about even.</summary>
internal sealed class Ownership
{
    // A sweep of an optimizer over a parameter takes about as long as so many flops for each element.
    private const double SweepFlops = 40;

    private readonly Dictionary<string, int> _owners = new(StringComparer.Ordinal);
    private readonly int _rank;

    private Ownership(int rank) => _rank = rank;

    /// <summary>Shares out the parameters of an optimizer.</summary>
    /// <param name="parameters">In the order of the optimizer.</param>
    /// <param name="together">Names of parameters that one process has to hold.</param>
    /// <param name="flops">What the step of a parameter costs beyond a sweep, by its number.</param>
    /// <param name="rank">This process.</param>
    /// <param name="size">How many processes there are.</param>
    internal static Ownership Of(
        IReadOnlyList<Parameter> parameters, IEnumerable<IReadOnlyList<string>> together, Func<int, double> flops, int rank, int size)
    {
        var all = new Ownership(rank);
        var names = parameters.Index().ToDictionary(pair => pair.Item.Name, pair => pair.Index, StringComparer.Ordinal);
        int[] groups = [.. Enumerable.Range(0, parameters.Count)];
        int Root(int i) => groups[i] == i ? i : groups[i] = Root(groups[i]);
        foreach (var layer in parameters.Index().GroupBy(pair => ModuleOf(pair.Item.Name), StringComparer.Ordinal))
            Join([.. layer.Select(pair => pair.Index)]);
        foreach (var some in together)
            Join([.. some.Where(names.ContainsKey).Select(name => names[name])]);
        double[] loads = new double[size];
        var units = parameters.Index().GroupBy(pair => Root(pair.Index))
            .Select(unit => (Members: unit.Select(pair => pair.Index).ToArray(), Cost: unit.Sum(pair => Cost(pair.Index))))
            .OrderByDescending(unit => unit.Cost).ThenBy(unit => unit.Members[0]);
        foreach (var (members, cost) in units)
        {
            int owner = Array.IndexOf(loads, loads.Min());
            loads[owner] += cost;
            foreach (int member in members)
                all._owners[parameters[member].Name] = owner;
        }
        return all;

        double Cost(int index) => CostOf(parameters[index].Tensor.Count, flops(index));

        void Join(int[] members)
        {
            foreach (int member in members.Skip(1))
                groups[Root(member)] = Root(members[0]);
        }
    }

    /// <summary>The cost of a parameter's step, by which they are shared out.</summary>
    internal static double CostOf(int count, double flops) => (SweepFlops * count) + flops;

    /// <summary>The process that owns a parameter.</summary>
    internal int OwnerOf(string name) => _owners[name];

    /// <summary>Whether a parameter is this process's.</summary>
    internal bool IsOwn(string name) => _owners.GetValueOrDefault(name, _rank) == _rank;

    /// <summary>The process that owns the parameter that a piece of an optimizer's state is named after; null where that is none.</summary>
    internal int? OwnerOfState(string name)
    {
        for (int dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (_owners.TryGetValue(name[..dot], out int owner))
                return owner;
        }
        return null;
    }

    /// <summary>Parameters to hand to all, some at a time: of every process about as many bytes, so that all send at once.</summary>
    /// <param name="parameters">All.</param>
    /// <param name="bytes">About how many bytes a time.</param>
    internal (Tensor Tensor, int Owner)[][] Rounds(IReadOnlyList<Parameter> parameters, long bytes)
    {
        var queues = parameters.Select(parameter => (parameter.Tensor, Owner: OwnerOf(parameter.Name))).GroupBy(pair => pair.Owner)
            .Select(group => new Queue<(Tensor Tensor, int Owner)>(group)).ToArray();
        var rounds = new List<(Tensor, int)[]>();
        while (queues.Any(queue => queue.Count > 0))
        {
            var round = new List<(Tensor, int)>();
            foreach (var queue in queues)
            {
                for (long taken = 0; taken < bytes / queues.Length && queue.TryDequeue(out var next);)
                {
                    round.Add(next);
                    taken += (long)next.Tensor.Count * next.Tensor.DataType.SizeOf();
                }
            }
            rounds.Add([.. round]);
        }
        return [.. rounds];
    }

    private static string ModuleOf(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;
}
