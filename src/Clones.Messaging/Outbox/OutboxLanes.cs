namespace Clones.Messaging.Outbox;

/// <summary>
/// The order of messages under one key inside this process. A place is taken before the commit, while the saga's row lock is still
/// held, so the order of places is the order of commits. The result of a place decides for the one behind it whether it may go on.
/// </summary>
internal sealed class OutboxLanes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Place> _last = [];

    public Place Enter(string key)
    {
        lock (_gate)
        {
            _last.TryGetValue(key, out var previous);
            var place = new Place(this, key, previous?.Done ?? Task.FromResult(true));
            _last[key] = place;
            return place;
        }
    }

    /// <summary>Keys with messages under way.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _last.Count;
            }
        }
    }

    private void Forget(Place place)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(place.Key, out var last) && ReferenceEquals(last, place))
            {
                _last.Remove(place.Key);
            }
        }
    }

    internal sealed class Place(OutboxLanes lanes, string key, Task<bool> before)
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Key { get; } = key;

        public Task<bool> Done => _done.Task;

        /// <summary>True when everything ahead in the lane reached the broker (or was rolled back).</summary>
        public Task<bool> Before { get; } = before;

        /// <param name="inOrder">False when something of this place is still undelivered: what is behind must wait for the sweeper.</param>
        public void Leave(bool inOrder)
        {
            lanes.Forget(this);
            _done.TrySetResult(inOrder);
        }

        /// <summary>There is nothing to deliver here. What is behind still waits for what is ahead.</summary>
        public async Task GiveUpAsync() => Leave(await Before.ConfigureAwait(false));
    }
}
