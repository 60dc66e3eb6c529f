using System.Collections.Concurrent;

namespace Kappa.Resume.Tests;

/// <summary>What all tests share: the inputs, the benches, and runs that were made once.</summary>
public sealed class Workplace : IDisposable
{
    /// <summary>The name of the collection of tests that share it, one after another.</summary>
    public const string Collection = "resume";

    private readonly string _root;
    private readonly string? _reason;
    private readonly Bench[] _benches = [];
    private readonly Dictionary<string, RunImages> _images = [];

    public Workplace()
    {
        // As the system names it, since calls are watched by the names of their files.
        _root = Directory.CreateTempSubdirectory("kappa-resume-").FullName;
        Study.WriteInputs(Directory.CreateDirectory(Path.Combine(_root, "inputs")).FullName);
        if (OperationsLibrary.Compile(_root, out _reason) is { } library)
            _benches = [.. Enumerable.Range(0, Size.Workers).Select(i => new Bench(Path.Combine(_root, $"bench{i}"), library))];
    }

    /// <summary>The text that runs read.</summary>
    internal string TextFile => Path.Combine(_root, "inputs", Study.TextName);

    internal Bench Bench => _benches[0];

    /// <summary>Skips a test where processes cannot be watched.</summary>
    internal void Require() => Skip.If(_reason is not null, _reason);

    internal RunImages ImagesOf(Study study)
    {
        if (!_images.TryGetValue(study.Name, out var images))
            _images[study.Name] = images = new RunImages(study, Bench, Path.Combine(_root, "images", study.Name));
        return images;
    }

    /// <summary>Does something with every item, on all benches at once.</summary>
    /// <returns>What came of it, in the order of the items.</returns>
    internal TResult[] ForEach<T, TResult>(IReadOnlyList<T> items, Func<T, Bench, TResult> act)
    {
        var results = new TResult[items.Count];
        int next = -1;
        var failures = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. _benches.Select(bench => new Thread(() =>
        {
            for (int index; failures.IsEmpty && (index = Interlocked.Increment(ref next)) < items.Count;)
            {
                try
                {
                    results[index] = act(items[index], bench);
                }
                catch (Exception error)
                {
                    failures.Enqueue(error);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures.IsEmpty ? results : throw new AggregateException(failures);
    }

    public void Dispose()
    {
        if (!Size.KeepsFolders)
            Directory.Delete(_root, recursive: true);
    }
}

/// <summary>The tests of this project share a workplace and run one after another.</summary>
[CollectionDefinition(Workplace.Collection)]
public sealed class WorkplaceCollection : ICollectionFixture<Workplace>;
