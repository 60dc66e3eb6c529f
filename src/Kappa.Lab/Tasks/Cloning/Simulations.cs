namespace Kappa.Lab.Tasks.Cloning;

/// <summary>Work on many rollouts shared among threads, each with a simulation of its own. A rollout holds its whole state, so which thread takes its step
/// changes nothing.</summary>
internal sealed class Simulations : IDisposable
{
    private readonly List<MujocoData> _data = [];

    /// <summary>Makes the simulations.</summary>
    /// <param name="model">What is simulated.</param>
    /// <param name="threads">How many, 1 or more. Beside other work, which has a thread each, ComputeThreads.Count is 1.</param>
    internal Simulations(MujocoModel model, int threads)
    {
        for (int i = 0; i < threads; i++)
            _data.Add(model.CreateData());
    }

    /// <summary>Does something for each number below a count.</summary>
    internal void Share(int count, Action<int, MujocoData> work)
    {
        if (_data.Count == 1)
        {
            Work(0);
            return;
        }
        _ = Parallel.For(0, _data.Count, Work);

        void Work(int thread)
        {
            for (int i = thread; i < count; i += _data.Count)
                work(i, _data[thread]);
        }
    }

    public void Dispose()
    {
        foreach (var data in _data)
            data.Dispose();
    }
}
