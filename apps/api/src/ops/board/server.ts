import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app'

/**
 * Stores the routes, page and files that bull-board passes to its server adapter. Visage serves them itself:
 * bull-board's adapter for Koa brings about eighty packages (view engines, an HTML formatter, a second body parser) for
 * one page.
 */
export class BoardServer implements IServerAdapter {
  queues: BullBoardQueues = new Map()
  uiConfig: UIConfig = {}
  routes: readonly AppControllerRoute[] = []
  entry: AppViewRoute | undefined
  viewsFolder = ''
  filesFolder = ''

  setQueues(queues: BullBoardQueues): this {
    this.queues = queues
    return this
  }

  setUIConfig(config: UIConfig): this {
    this.uiConfig = config
    return this
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    this.routes = routes
    return this
  }

  setEntryRoute(route: AppViewRoute): this {
    this.entry = route
    return this
  }

  setViewsPath(folder: string): this {
    this.viewsFolder = folder
    return this
  }

  /** Ignores the route: it is always `/static`, which the page also contains. */
  setStaticPath(_route: string, folder: string): this {
    this.filesFolder = folder
    return this
  }

  /** Ignores the handler: the dashboard answers these errors like all others. */
  setErrorHandler(): this {
    return this
  }
}
