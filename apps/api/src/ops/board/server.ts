import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app'

/**
 * What bull-board hands to whoever serves it. We do that ourselves, since its own adapter for Koa brings
 * some eighty packages (view engines, a formatter of HTML, a second reader of bodies) for one page.
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

  /** Its route is `/static`, and its page says so too. */
  setStaticPath(_route: string, folder: string): this {
    this.filesFolder = folder
    return this
  }

  /** Not used: what goes wrong is answered as everything else that goes wrong here. */
  setErrorHandler(): this {
    return this
  }
}
